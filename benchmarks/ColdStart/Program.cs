#if !EMPTY
using System.Diagnostics;
using System.Globalization;
#endif
#if !EMPTY && !ONNXRUNTIME
using System.Numerics.Tensors;
using LstmSharp;
#endif

// Loads a layer of 128 units from a file, runs 100 steps of 64 inputs and prints the last output. A second argument asks for more than a
// quick end: "memory" for the process's peak memory, "speed" for the microseconds of one prediction once it is warm.
#if EMPTY
float last = 0;
#else
float[] input = new float[100 * 64];
for (int n = 0; n < input.Length; n++)
{
    input[n] = (n % 7) - 3f;
}

#if ONNXRUNTIME
using var options = new Microsoft.ML.OnnxRuntime.SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1 };
using var session = new Microsoft.ML.OnnxRuntime.InferenceSession(args[0], options);
using var run = new Microsoft.ML.OnnxRuntime.RunOptions();
using var x = Microsoft.ML.OnnxRuntime.OrtValue.CreateTensorValueFromMemory(input, [100, 1, 64]);
float[] output = new float[100 * 128];
using var y = Microsoft.ML.OnnxRuntime.OrtValue.CreateTensorValueFromMemory(output, [100, 1, 1, 128]);
void Predict() => session.Run(run, ["X"], [x], ["Y"], [y]);
#else
var model = SequenceModel.Load(args[0]);
model.MaxDegreeOfParallelism = 1;
float[] output = new float[100 * 128];
void Predict() => model.Predict(
    new ReadOnlyTensorSpan<float>(input, [100, 1, 64]), new TensorSpan<float>(output, [100, 1, 128]));
#endif
Predict();
float last = output[^1];
#endif

Console.WriteLine(last);
if (args.Length > 1 && args[1] == "memory")
{
    Console.WriteLine(File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM", StringComparison.Ordinal)));
}

#if !EMPTY
if (args.Length > 1 && args[1] == "speed")
{
    const int Runs = 41, Predictions = 200;
    double[] microseconds = new double[Runs];
    for (int n = 0; n < Runs; n++)
    {
        long start = Stopwatch.GetTimestamp();
        for (int k = 0; k < Predictions; k++)
        {
            Predict();
        }

        microseconds[n] = Stopwatch.GetElapsedTime(start).TotalMicroseconds / Predictions;
    }

    Array.Sort(microseconds);
    Console.WriteLine(microseconds[Runs / 2].ToString(CultureInfo.InvariantCulture));
}
#endif
