namespace LstmSharp.Tests.Training.Checkpoints;

/// <summary>Whatever bits a disk loses: a checkpoint that is not as it was written is none.</summary>
public sealed class DamagedCheckpointTests : IDisposable
{
    private readonly ResumeScene _scene = new("adam", "cosine");
    private readonly byte[] _whole;

    public DamagedCheckpointTests()
    {
        _scene.Run(cancelAt: 10);
        _whole = File.ReadAllBytes(_scene.Checkpoint);
    }

    public void Dispose() => _scene.Dispose();

    [Fact]
    public void Fit_AnyByteOfTheTensorsDamaged_IsRefusedAndChangesNothing()
    {
        SequenceModel model = _scene.CreateModel(seed: 5);
        float[] before = model.Weights();

        for (int position = 8 + BitConverter.ToInt32(_whole, 0); position < _whole.Length; position += 7)
        {
            Damage(position, bit: position % 8);
            FluentActions.Invoking(() => _scene.Run(model, _scene.Optimizer(), resumeFrom: _scene.Checkpoint))
                .Should().Throw<ModelFileException>()
                .WithMessage("*: the checksum must be *, but is *. Some bytes were changed since it was written.");
            FluentActions.Invoking(() => Checkpoint.LoadModel(_scene.Checkpoint)).Should().Throw<ModelFileException>();
        }

        model.Weights().Should().Equal(before);
    }

    [Theory]
    [InlineData("learningRate\\\":\\\"0.0")]
    [InlineData("EarlyStopping.1\\\":\\\"0.")]
    [InlineData("\\\"totals\\\":\\\"")]
    [InlineData("Seed\\\":\\\"")]
    public void Fit_DigitOfATextDamaged_IsRefusedAsDamaged(string before)
    {
        int position = _whole.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(before)) + before.Length;
        ((char)_whole[position]).Should().BeInRange('0', '9');
        Damage(position, bit: 0);

        _scene.Invoking(scene => scene.Resume()).Should().Throw<ModelFileException>().WithMessage("*: the checksum must be *");
    }

    [Fact]
    public void LoadModel_LongTextsThatItDoesNotNeed_AllocatesLittleForThem()
    {
        string texts = string.Concat(Enumerable.Range(0, 900_000).Select(n => $"\\\"{n:x}\\\":\\\"\\\","));
        TamperedCheckpoint.Replace(_scene.Checkpoint, "\\\"callbacks\\\":{", "\\\"callbacks\\\":{" + texts);
        long length = new FileInfo(_scene.Checkpoint).Length, before = GC.GetAllocatedBytesForCurrentThread();

        FluentActions.Invoking(() => Checkpoint.LoadModel(_scene.Checkpoint)).Should().Throw<ModelFileException>()
            .WithMessage("*the length of lstmsharp.checkpoint must be at most 2097152 bytes, but is *");

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(length + (1 << 20));
    }

    [Fact]
    public void Fit_MoreTextsThanAnyRunHas_IsRefusedBeforeTheyAreAllKept()
    {
        string texts = string.Concat(Enumerable.Range(0, 100_000).Select(n => $"\\\"{n:x}\\\":\\\"\\\","));
        TamperedCheckpoint.Replace(_scene.Checkpoint, "\\\"callbacks\\\":{", "\\\"callbacks\\\":{" + texts);

        _scene.Invoking(scene => scene.Resume()).Should().Throw<ModelFileException>()
            .WithMessage("*the number of callbacks must be at most 4096, but is more*");
    }

    [Fact]
    public void SaveCheckpoint_CallbackRemembersMoreThanCanBeRead_SaysSoAndKeepsTheFileThatWasThere()
    {
        _scene.Callbacks = () => [new Hoarder()];

        _scene.Invoking(scene => scene.Run()).Should().Throw<InvalidOperationException>()
            .WithMessage("Fit: what callbacks remember must take at most 1048576 characters of a checkpoint, but takes *.");

        File.ReadAllBytes(_scene.Checkpoint).Should().Equal(_whole);
    }

    private void Damage(int position, int bit)
    {
        byte[] damaged = [.. _whole];
        damaged[position] ^= (byte)(1 << bit);
        File.WriteAllBytes(_scene.Checkpoint, damaged);
    }

    private sealed class Hoarder : TrainingCallback
    {
        public override string SaveState() => new('x', 1 << 20);
    }
}
