#if !EMPTY && !ONNXRUNTIME
using System.Numerics.Tensors;
using LstmSharp;
#endif

// Loads a layer of 128 units from a file, runs 100 steps of 64 inputs and prints the last output. A second argument asks for the
// process's peak memory instead of a quick end.
#if !EMPTY
float[] input = new float[100 * 64];
for (int n = 0; n < input.Length; n++)
{
    input[n] = (n % 7) - 3f;
}
#endif

#if EMPTY
float last = 0;
#elif ONNXRUNTIME
using var options = new Microsoft.ML.OnnxRuntime.SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1 };
using var session = new Microsoft.ML.OnnxRuntime.InferenceSession(args[0], options);
using var run = new Microsoft.ML.OnnxRuntime.RunOptions();
using var x = Microsoft.ML.OnnxRuntime.OrtValue.CreateTensorValueFromMemory(input, [100, 1, 64]);
using var y = session.Run(run, ["X"], [x], ["Y"]);
float last = y[0].GetTensorDataAsSpan<float>()[^1];
#else
var model = SequenceModel.Load(args[0]);
var output = model.Predict(Tensor.Create(input, [100, 1, 64]));
float last = output[99, 0, 127];
#endif

Console.WriteLine(last);
if (args.Length > 1)
{
    Console.WriteLine(File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM", StringComparison.Ordinal)));
}
