// <usings>
using System.Numerics.Tensors;
using LstmSharp;
// </usings>

namespace Documentation;

/// <summary>The examples of docs/getting-started.md but its forecast.</summary>
public sealed class GettingStartedSnippets
{
    [Fact]
    public void Tensor_OfMelodies_IsReadByStepAndSequence()
    {
        // <tensor>
        // Three time steps, two melodies side by side, one number a step: the pitch of the note.
        Tensor<float> melodies = Tensor.Create([60f, 72f, 62f, 71f, 64f, 69f], [3, 2, 1]);
        float secondNoteOfFirstMelody = melodies[1, 0, 0];               // 62
        // </tensor>

        secondNoteOfFirstMelody.Should().Be(62);
    }

    [Fact]
    public void ThreeNetworks_TheirSizes_AreWhatTheGuidesSay()
    {
        // <three-networks>
        SequenceModel feedForward = SequenceModel.Create(inputSize: 2)
            .Flatten(sequenceLength: 24).Dense(32, Activation.Tanh).Dense(6).Build(seed: 1);
        SequenceModel rnn = SequenceModel.Create(inputSize: 2).VanillaRnn(32).TakeLast().Dense(6).Build(seed: 1);
        SequenceModel lstm = SequenceModel.Create(inputSize: 2).Lstm(32).TakeLast().Dense(6).Build(seed: 1);
        Console.WriteLine(lstm.Summary());
        // </three-networks>

        feedForward.OutputLength(24).Should().Be(rnn.OutputLength(24)).And.Be(lstm.OutputLength(24)).And.Be(1);
        foreach (string language in new[] { "docs", "docs/ko" })
        {
            MarkdownPage guide = Repository.Read($"{language}/getting-started.md");
            foreach (SequenceModel model in new[] { feedForward, rnn, lstm })
            {
                guide.Text.Should().Contain($"| {model.Parameters.TotalCount:N0} |");
            }
        }
    }

    [Fact]
    public void Melody_NextNotes_GoesOnAsWritten()
    {
        // <classes>
        const string notes = "CDEFG";
        string melody = string.Concat(Enumerable.Repeat("CDECCDECEFGEFG", 20));     // "Frère Jacques", over and over
        const int length = 12;
        int count = melody.Length - length;
        Tensor<float> inputs = Tensor.CreateFromShape<float>([length, count, notes.Length]);
        Tensor<int> nextNotes = Tensor.CreateFromShape<int>([length, count]);
        for (int n = 0; n < count; n++)
        {
            for (int t = 0; t < length; t++)
            {
                inputs[t, n, notes.IndexOf(melody[n + t])] = 1;         // one-hot: all 0, and 1 at the note's place
                nextNotes[t, n] = notes.IndexOf(melody[n + t + 1]);     // the class: which note comes next
            }
        }

        SequenceModel composer = SequenceModel.Create(notes.Length).Lstm(32).Dense(notes.Length).Build(seed: 1);
        composer.Fit(new SequenceDataset(inputs, nextNotes), new TrainingOptions
        {
            Loss = Loss.CrossEntropy,
            Optimizer = new Adam(learningRate: 1e-2f),
            Epochs = 15,
            ClipGradientNorm = 1f,
        });
        // </classes>

        // <compose>
        ModelState memory = composer.CreateState(batchSize: 1);
        string tune = "CDEC";
        for (int n = 0; n < 40; n++)
        {
            Tensor<float> note = Tensor.CreateFromShape<float>([1, 1, notes.Length]);
            note[0, 0, notes.IndexOf(tune[n])] = 1;
            float[] scores = [.. composer.Predict(note, memory, memory)];    // one score a note
            char likeliest = notes[TensorPrimitives.IndexOfMax(scores)];
            tune = n + 1 < tune.Length ? tune : tune + likeliest;            // the first four are given
        }
        // </compose>

        // <once-a-sequence>
        int[] thirteenth = [.. melody[length..].Select(note => notes.IndexOf(note))];
        var data = new SequenceDataset(inputs, Tensor.Create(thirteenth, [count]));          // targets [Count]: a class a sequence
        SequenceModel classifier = SequenceModel.Create(notes.Length).Lstm(32).TakeLast().Dense(notes.Length).Build(seed: 1);
        classifier.Fit(data, new TrainingOptions { Loss = Loss.CrossEntropy, Optimizer = new Adam(learningRate: 1e-2f), Epochs = 15 });

        Tensor<float> logits = classifier.Predict(data.Inputs);                              // [1, Count, classes]
        var accuracy = new Accuracy();                                                       // the share whose largest logit is the class
        accuracy.Add([.. logits], [.. data.Classes]);                                        // Classes has the shape [1, Count]
        Console.WriteLine($"Accuracy: {accuracy.Value:P0}");
        // </once-a-sequence>

        tune.Should().Be(melody[..41]);
        logits.Lengths.ToArray().Should().Equal(1, count, notes.Length);
        data.Classes.Lengths.ToArray().Should().Equal(1, count);
        accuracy.Value.Should().BeGreaterThan(0.95);
    }

    [Fact]
    public void Scaler_SavedAsJson_ScalesTheSame()
    {
        var scaler = StandardScaler.Fit(Tensor.Create([1f, 10f, 2f, 30f, 4f, 20f], [3, 2]), ..);

        // <save-scaler>
        scaler.Save("temperature.scaler.json");
        StandardScaler sameScaler = StandardScaler.Load("temperature.scaler.json");
        // </save-scaler>

        sameScaler.Means.ToArray().Should().Equal(scaler.Means.ToArray());
        sameScaler.Scales.ToArray().Should().Equal(scaler.Scales.ToArray());
        File.Delete("temperature.scaler.json");
    }
}
