using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using LstmSharp.Benchmarks;
using LstmSharp.Benchmarks.Processes;
using LstmSharp.Benchmarks.Reports;

if (args is [PeakMemory.Verb, ..])
{
    PeakMemory.RunChild(args.AsSpan(1));
    return 0;
}

if (args is [TrainingProcess.Verb, ..])
{
    TrainingProcess.RunChild(args.AsSpan(1));
    return 0;
}

Options options;
try
{
    options = Options.Parse(args);
}
catch (FormatException exception)
{
    Console.Error.WriteLine($"{exception.Message}\n\n{Options.Usage}");
    return 2;
}

double peak = FmaPeak.Measure();
var check = new PeerCheck();
try
{
    ContenderBenchmarks.Measurements =
        check.Run([.. options.Groups.SelectMany(group => Groups.Measurements(group, options)).Distinct()]);
}
catch (InvalidOperationException exception)
{
    Console.Error.WriteLine($"Nothing was measured: {exception.Message}");
    return 1;
}

Summary? summary = ContenderBenchmarks.Measurements.Count == 0
    ? null
    : BenchmarkRunner.Run<ContenderBenchmarks>(new ContenderBenchmarks.Settings());
string report = new Report(options, check, peak).Write(new Results(summary, ContenderBenchmarks.Bytes));
Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(options.Output))!);
File.WriteAllText(options.Output, report);
Console.WriteLine(report);
return 0;
