using LstmSharp.Plotting;
using LstmSharp.Samples.LongMemory;

try
{
    var options = Options.Parse(args);
    if (options.Help)
    {
        Console.WriteLine(Options.Usage);
        return 0;
    }

    Directory.CreateDirectory(options.Output);
    if (PlotFont.Warning is string warning)
    {
        Console.WriteLine(warning);
    }

    var lecture = new Lecture(options);
    lecture.ShowMemory();
    lecture.ShowGradients();
    lecture.ShowGrowth();
    return 0;
}
catch (FormatException error)
{
    Console.Error.WriteLine(error.Message);
    Console.Error.WriteLine(Options.Usage);
    return 2;
}
