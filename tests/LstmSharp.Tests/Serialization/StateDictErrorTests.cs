namespace LstmSharp.Tests.Serialization;

/// <summary>Files of PyTorch that do not fit: the message names the tensor and the likely cause, and the model stays as it was.</summary>
public sealed class StateDictErrorTests
{
    private const int Inputs = 3, Hidden = 5, Outputs = 2;

    /// <summary>What nn.LSTM(3, 5, num_layers=2) as encoder and nn.Linear(5, 2) as head give.</summary>
    private static readonly Dictionary<string, int[]> Whole = new()
    {
        ["encoder.weight_ih_l0"] = [4 * Hidden, Inputs],
        ["encoder.weight_hh_l0"] = [4 * Hidden, Hidden],
        ["encoder.bias_ih_l0"] = [4 * Hidden],
        ["encoder.bias_hh_l0"] = [4 * Hidden],
        ["encoder.weight_ih_l1"] = [4 * Hidden, Hidden],
        ["encoder.weight_hh_l1"] = [4 * Hidden, Hidden],
        ["encoder.bias_ih_l1"] = [4 * Hidden],
        ["encoder.bias_hh_l1"] = [4 * Hidden],
        ["head.weight"] = [Outputs, Hidden],
        ["head.bias"] = [Outputs],
    };

    [Fact]
    public void Load_MissingTensors_NamesAllOfThem()
    {
        ModelFileException fault = Fault(file => Remove(file, name => name.EndsWith("_l1")));

        fault.Tensor.Should().Be("encoder.weight_ih_l1");
        fault.Expected.Should().Be("[20, 5]");
        fault.Actual.Should().Be("missing");
        fault.Offset.Should().BeNull();
        fault.Message.Should().Be(
            "the stream: tensor 'encoder.weight_ih_l1' must be [20, 5], but is missing. "
            + "Likely cause: 'encoder' has fewer layers in the file (1) than here. "
            + "Missing, too: 'encoder.weight_hh_l1', 'encoder.bias_ih_l1', 'encoder.bias_hh_l1'.");
    }

    [Fact]
    public void Load_SurplusTensors_NamesAllOfThem()
    {
        ModelFileException fault = Fault(file =>
        {
            file["encoder.weight_ih_l2"] = [20, 5];
            file["encoder.weight_hh_l2"] = [20, 5];
        });

        fault.Tensor.Should().Be("encoder.weight_ih_l2");
        fault.Offset.Should().BePositive();
        fault.Message.Should().Contain("tensor 'encoder.weight_ih_l2' must be one of the model's, but is none of them")
            .And.EndWith(
                "Likely cause: 'encoder' has more layers in the file than here: modules must hold its name once for each. "
                + "Not the model's either: 'encoder.weight_hh_l2'.");
    }

    [Fact]
    public void Load_ManyFaults_ListsEightNames() =>
        Fault(file => Remove(file, _ => true)).Message.Should()
            .EndWith("'encoder.bias_ih_l1', 'encoder.bias_hh_l1', 'head.weight' and 1 more.");

    [Fact]
    public void Load_ManyModules_ListsEightOfThem()
    {
        Dictionary<string, int[]> file = [];
        for (int n = 0; n < 8000; n++)
        {
            file[$"a_module_of_some_length_{n}.weight"] = [0];
        }

        Fault(Model(), NaiveFile(file), ["encoder", "encoder", "head"]).Message.Should()
            .Contain("'a_module_of_some_length_7' and others;").And.EndWith("_7.weight' and 7992 more.");
    }

    [Theory]
    [InlineData("encoder", "enkoder", "the module's name is 'enkoder' in the file.")]
    [InlineData("encoder", "Encoder", "the module's name is 'Encoder' in the file.")]
    [InlineData("encoder", "module.encoder", "(nn.DataParallel puts 'module.' in front); give the module's name as 'module.encoder'.")]
    [InlineData(
        "encoder",
        "_orig_mod.encoder",
        "(torch.compile puts '_orig_mod.' in front); give the module's name as '_orig_mod.encoder'.")]
    [InlineData("encoder", "a.b.encoder", "the file has it as 'a.b.encoder.weight_ih_l0'; give the module's name as 'a.b.encoder'.")]
    [InlineData(
        "encoder",
        "lstm",
        "the names of the modules. The file's are 'lstm' (2 layers), 'head'; give them in the order in which data passes them, "
        + "once for each layer.")]
    [InlineData("head", "heads", "the module's name is 'heads' in the file.")]
    public void Load_ModuleOfAnotherName_NamesTheFiles(string here, string inFile, string cause) =>
        Fault(file => Rename(file, here + ".", inFile + ".")).Message.Should().Contain("Likely cause: ").And.Contain(cause);

    [Fact]
    public void Load_PositionsWhereTheFileHasNames_NamesThem()
    {
        SequenceModel model = Model();

        Fault(model, NaiveFile(Whole), modules: null).Message.Should().Contain(
            "tensor '0.weight_ih_l0' must be [20, 3], but is missing. Likely cause: the names of the modules. The file's are 'encoder' "
            + "(2 layers), 'head'; give them");
    }

    [Fact]
    public void Load_NoNameWhereTheFileHasOne_NamesIt() =>
        Fault(SequenceModel.Create(3).Lstm(5).Lstm(5).Build(), NaiveFile(Whole), ["", ""]).Message.Should().Contain(
            "the file has it as 'encoder.weight_ih_l0'; give the module's name as 'encoder'.");

    [Fact]
    public void Load_NameThatIsTooLong_NamesTheShorter()
    {
        SequenceModel model = Model();

        Fault(model, NaiveFile(Whole), ["net.encoder", "net.encoder", "head"]).Message.Should().Contain(
            "the file has it as 'encoder.weight_ih_l0'; give the module's name as 'encoder'.");
    }

    [Theory]
    [InlineData("encoder.weight_hh_l0", "encoder.wieght_hh_l0", "it is misspelt as 'encoder.wieght_hh_l0'.")]
    [InlineData("head.bias", "head.biass", "it is misspelt as 'head.biass'.")]
    [InlineData("head.weight", "head.kernel", "'head.kernel' is a name of Keras or Flax, whose kernels are transposed, too")]
    [InlineData("encoder.weight_hh_l0", "encoder.recurrent_kernel", "'encoder.recurrent_kernel' is a name of Keras or Flax")]
    [InlineData("encoder.weight_hh_l0", "encoder.parametrizations.weight_hh_l0.original0", "belongs to weight_norm; remove that")]
    [InlineData("encoder.weight_hh_l0", "encoder.weight_hh_l0_g", "'encoder.weight_hh_l0_g' belongs to weight_norm; remove that")]
    [InlineData("head.weight", "head.weight_v", "'head.weight_v' belongs to weight_norm; remove that")]
    public void Load_TensorOfAnotherName_NamesBothAndTheCause(string here, string inFile, string cause)
    {
        ModelFileException fault = Fault(file => Rename(file, here, inFile));

        fault.Tensor.Should().Be(here);
        fault.Message.Should().Contain(cause).And.Contain($"Not the model's: '{inFile}'");
    }

    [Theory]
    [InlineData("encoder.bias_hh_l0", "'encoder' has other biases in the file; add zeros under this name to the state_dict before saving")]
    [InlineData("encoder.weight_hh_l0", "in the file, 'encoder' has only 'weight_ih_l0', 'bias_ih_l0', 'bias_hh_l0', 'weight_ih_l1',")]
    [InlineData("head.weight", "in the file, 'head' has only 'bias'.")]
    public void Load_TensorMissingFromItsModule_SaysWhatIsThere(string name, string cause) =>
        Fault(file => file.Remove(name)).Message.Should().Contain($"tensor '{name}' must be").And.Contain($"Likely cause: {cause}");

    [Fact]
    public void Load_BiasUnderAParametrization_IsNoModuleWithoutBiases()
    {
        Dictionary<string, int[]> file = new(Whole) { ["head.parametrizations.bias.original"] = [Outputs] };
        file.Remove("head.bias");

        Fault(Model(), NaiveFile(file), ["encoder", "encoder", "head"], strict: false).Tensor.Should().Be("head.bias");
    }

    [Fact]
    public void Load_NumberTooLargeInAFileWithoutBiases_ChangesNothing()
    {
        byte[] file = NaiveFile(Whole.Where(tensor => !tensor.Key.Contains("bias")).ToDictionary(), "F64");
        BitConverter.GetBytes(-1e300).CopyTo(file, file.Length - 8);
        SequenceModel model = Model();
        foreach (Parameter parameter in model.Parameters)
        {
            parameter.Edit(values => values.Fill(1));
        }

        Fault(model, file, ["encoder", "encoder", "head"]).Tensor.Should().Be("head.weight");
    }

    [Theory]
    [InlineData(4, "nn.LSTMCell")]
    [InlineData(3, "nn.GRUCell")]
    [InlineData(1, "nn.RNNCell")]
    public void Load_CellOfOneStep_IsNamedWithWhatItsNamesLack(int gates, string kind)
    {
        Dictionary<string, int[]> file = new()
        {
            ["cell.weight_ih"] = [gates * Hidden, Inputs],
            ["cell.weight_hh"] = [gates * Hidden, Hidden],
            ["cell.bias_ih"] = [gates * Hidden],
            ["cell.bias_hh"] = [gates * Hidden],
        };

        Fault(SequenceModel.Create(Inputs).Lstm(Hidden).Build(), NaiveFile(file), ["cell"]).Message.Should().Contain(
            $"Likely cause: 'cell' is an {kind} in the file, whose names lack the '_l0' of this one; add '_l0' to each of them before saving.");
        Fault(SequenceModel.Create(Inputs).Dense(Hidden).Build(), NaiveFile(file), ["cell"]).Message.Should().Contain(
            $"Likely cause: 'cell' is an {kind} in the file; modules must be named in the order in which data passes them.");
    }

    [Fact]
    public void Load_NamesWithControlCharacters_AreWrittenWithoutThem()
    {
        byte[] file = NaiveSafeTensors.File(
            """{"head\u001b[31m\u202e\n\ud83d\ude00.bias":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}""");

        string message = Fault(SequenceModel.Create(Inputs).Dense(Outputs).Build(), file, ["head"]).Message;

        message.Should().NotMatchRegex("[\\p{Cc}\\p{Cf}]").And.Contain("'head\\u001B[31m\\u202E\\u000A😀.bias'");
    }

    [Fact]
    public void Load_AsManyLongNamesAsThereMayBe_GoesThroughThemFewTimes()
    {
        string Name(int n) => $"{new string('_', 3000)}{n:D5}";
        string entries = string.Join(
            ",", Enumerable.Range(0, 16_384).Select(n => $$"""
            "head.{{Name(n)}}":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}
            """));
        byte[] file = NaiveSafeTensors.File($"{{{entries}}}");
        SequenceModel model = SequenceModel.Create(Inputs).Dense(Outputs).Build();
        long before = GC.GetAllocatedBytesForCurrentThread();

        new Action(() => model.LoadStateDict(new MemoryStream(file), ["head"])).Should().Throw<ModelFileException>();

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(4L * file.Length, "a name takes twice its bytes");
    }

    [Theory]
    [InlineData("encoder.weight_ih_l0", new[] { 3, 20 }, "it is transposed.")]
    [InlineData("encoder.weight_hh_l1", new[] { 5, 20 }, "it is transposed.")]
    [InlineData("head.weight", new[] { 5, 2 }, "it is transposed.")]
    [InlineData("head.weight", new[] { 2, 7 }, "'head' is nn.Linear(7, 2) in the file, and of another size here.")]
    [InlineData("head.weight", new[] { 10 }, "'head' is of another kind or size in the file.")]
    [InlineData("head.bias", new[] { 3 }, "'head' is of another kind or size in the file.")]
    [InlineData("encoder.weight_ih_l0", new[] { 20, 4 }, "'encoder' takes 4 inputs in the file, but 3 here.")]
    [InlineData("encoder.weight_ih_l1", new[] { 20, 10 }, "'encoder' is bidirectional in the file.")]
    [InlineData("encoder.weight_ih_l1", new[] { 20 }, "'encoder' is of another kind in the file.")]
    public void Load_TensorOfAnotherShape_NamesBothShapesAndTheCause(string name, int[] shape, string cause)
    {
        ModelFileException fault = Fault(file => file[name] = shape);

        fault.Tensor.Should().Be(name);
        fault.Expected.Should().Be($"[{string.Join(", ", Whole[name])}]");
        fault.Actual.Should().Be($"[{string.Join(", ", shape)}]");
        fault.Message.Should().Contain($"must be {fault.Expected}, but is {fault.Actual} (byte {fault.Offset}). Likely cause: {cause}");
    }

    [Theory]
    [InlineData(3, 5, "'encoder' is an nn.GRU in the file, but an nn.LSTM here.")]
    [InlineData(1, 5, "'encoder' is an nn.RNN in the file, but an nn.LSTM here.")]
    [InlineData(2, 5, "'encoder' is something else in the file, but an nn.LSTM here.")]
    [InlineData(4, 8, "'encoder' has the hidden size 8 in the file, but 5 here.")]
    public void Load_RecurrentModuleOfAnotherKindOrSize_NamesBoth(int gates, int hidden, string cause) =>
        Fault(file =>
        {
            file["encoder.weight_ih_l0"] = [gates * hidden, Inputs];
            file["encoder.weight_hh_l0"] = [gates * hidden, hidden];
            file["encoder.bias_ih_l0"] = [gates * hidden];
            file["encoder.bias_hh_l0"] = [gates * hidden];
        }).Message.Should().EndWith($"Likely cause: {cause}");

    [Theory]
    [InlineData("encoder.weight_ih_l0_reverse", "'encoder' is bidirectional; put its layers into a Bidirectional.")]
    [InlineData("encoder.weight_hr_l0", "'encoder' has a projection (proj_size); a layer here has none.")]
    [InlineData("norm.running_mean", "'norm' is a batch normalization, for which the model has no layer.")]
    [InlineData("attention.weight", "the model has no layer for 'attention'; strict: false leaves the tensors of other modules out.")]
    [InlineData("head.scale", "'head' is of another kind in the file.")]
    public void Load_SurplusTensor_NamesTheCause(string name, string cause)
    {
        ModelFileException fault = Fault(file => file[name] = [4]);

        fault.Tensor.Should().Be(name);
        fault.Message.Should().EndWith($"Likely cause: {cause}");
    }

    [Fact]
    public void Load_ModulesInTheWrongOrder_SaysSo()
    {
        Fault(Model(), NaiveFile(Whole), ["head", "encoder", "x"]).Message.Should().Contain(
            "Likely cause: 'head' is not recurrent in the file; modules must be named in the order in which data passes them.");
        Fault(SequenceModel.Create(3).Dense(5).Build(), NaiveFile(Whole), ["encoder"]).Message.Should().Contain(
            "Likely cause: 'encoder' is recurrent in the file; modules must be named in the order in which data passes them.");
    }

    [Theory]
    [InlineData("encoder.weight_ih_l2")]
    [InlineData("encoder.weight_ih_l0_reverse")]
    public void Load_NotStrictButWeightsOfANamedModuleAreLeftOver_Throws(string name) =>
        Fault(Model(), NaiveFile(new(Whole) { [name] = [4], ["other.weight"] = [4] }), ["encoder", "encoder", "head"], strict: false)
            .Tensor.Should().Be(name);

    [Fact]
    public void Load_NumberTooLargeForFloat_NamesItsPlaceAndChangesNothing()
    {
        byte[] file = NaiveFile(Whole, "F64");
        BitConverter.GetBytes(-1e300).CopyTo(file, file.Length - 8);

        ModelFileException fault = Fault(Model(), file, ["encoder", "encoder", "head"]);

        fault.Tensor.Should().Be("head.bias");
        fault.Offset.Should().Be(file.Length - 8);
        fault.Message.Should().Be(
            "the stream: tensor 'head.bias': value 1 must be at most 3.4028235E+38 in magnitude, as float32 is, but is -1E+300 "
            + $"(byte {file.Length - 8}).");
    }

    [Fact]
    public void Load_StreamThatFailsHalfway_ChangesNothing()
    {
        SequenceModel model = Model();
        float[] before = [.. model.Parameters.SelectMany(parameter => parameter.Values.ToArray())];
        using var stream = new FailingStream(NaiveFile(Whole), failAt: 1500);

        new Action(() => model.LoadStateDict(stream, ["encoder", "encoder", "head"])).Should().Throw<IOException>();

        model.Parameters.SelectMany(parameter => parameter.Values.ToArray()).Should().Equal(before);
    }

    private static SequenceModel Model() => SequenceModel.Create(Inputs).Lstm(Hidden).Lstm(Hidden).TakeLast().Dense(Outputs).Build(seed: 1);

    private static byte[] NaiveFile(Dictionary<string, int[]> tensors, string type = "F32")
    {
        static float[] Zeros(int[] shape) => new float[shape.Aggregate(1, (count, size) => count * size)];
        return NaiveSafeTensors.File([], [.. tensors.Select(tensor => (tensor.Key, tensor.Value, Zeros(tensor.Value)))], type);
    }

    private static void Remove(Dictionary<string, int[]> file, Func<string, bool> which)
    {
        foreach (string name in file.Keys.Where(which).ToArray())
        {
            file.Remove(name);
        }
    }

    private static void Rename(Dictionary<string, int[]> file, string start, string newStart)
    {
        foreach (string name in file.Keys.Where(name => name.StartsWith(start)).ToArray())
        {
            file[newStart + name[start.Length..]] = file[name];
            file.Remove(name);
        }
    }

    private static ModelFileException Fault(Action<Dictionary<string, int[]>> change)
    {
        Dictionary<string, int[]> file = new(Whole);
        change(file);
        return Fault(Model(), NaiveFile(file), ["encoder", "encoder", "head"]);
    }

    /// <summary>Loads a file that does not fit, which must leave the model as it was.</summary>
    private static ModelFileException Fault(SequenceModel model, byte[] file, string[]? modules, bool strict = true)
    {
        float[] before = [.. model.Parameters.SelectMany(parameter => parameter.Values.ToArray())];

        ModelFileException fault = new Action(() => model.LoadStateDict(new MemoryStream(file), modules, strict))
            .Should().Throw<ModelFileException>().Which;

        model.Parameters.SelectMany(parameter => parameter.Values.ToArray()).Should().Equal(before);
        return fault;
    }

    /// <summary>A file on a disk that breaks.</summary>
    private sealed class FailingStream(byte[] bytes, int failAt) : MemoryStream(bytes)
    {
        public override int Read(Span<byte> buffer) =>
            Position + buffer.Length > failAt ? throw new IOException("The disk is broken.") : base.Read(buffer);
    }
}
