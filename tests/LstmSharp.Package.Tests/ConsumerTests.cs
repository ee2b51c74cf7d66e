using System.Globalization;
using System.Text.RegularExpressions;

namespace LstmSharp.Package.Tests;

/// <summary>The package in the hands of a user.</summary>
[Collection(PackageGroup.Name)]
public sealed partial class ConsumerTests(PackageFixture fixture)
{
    /// <summary>The ways of publishing that this machine has: NativeAOT needs a C linker, which the SDK does not bring.</summary>
    public static TheoryData<string> WaysToPublish =>
        CLinker.IsInstalled ? ["PublishTrimmed", "PublishAot"] : ["PublishTrimmed"];

    [Fact]
    public void ReadmeExample_WithThePackage_ForecastsTheWave()
    {
        (string output, byte[] model) = fixture.Consumer.JustInTime;

        GroupCollection numbers = ForecastLine().Match(output).Groups;
        float forecast = float.Parse(numbers[1].Value, CultureInfo.InvariantCulture);
        forecast.Should().BeApproximately(float.Parse(numbers[2].Value, CultureInfo.InvariantCulture), 0.05f);
        model.Should().NotBeEmpty();
    }

    [Theory]
    [MemberData(nameof(WaysToPublish))]
    public void ReadmeExample_Published_GivesTheSameForecastAndTheSameBits(string way)
    {
        (string output, byte[] model, Dictionary<string, long> files) = fixture.Consumer.Publish(way);

        output.Should().Be(fixture.Consumer.JustInTime.Output);
        model.Should().Equal(fixture.Consumer.JustInTime.Model, "the weights after training are the same to the bit");
        if (way == "PublishAot")
        {
            files.Keys.Should().NotContain(name => name.EndsWith(".dll", StringComparison.Ordinal), "all of it is native");
        }
        else
        {
            int whole = fixture.Open("LstmSharp")["lib/net10.0/LstmSharp.dll"].Length;
            files["LstmSharp.dll"].Should().BeLessThan(whole, "what the example does not use is trimmed");
        }
    }

    [Fact]
    public void NativeAot_OnX64_IsAskedForAvx2UnlessTheProjectSaysOtherwise()
    {
        fixture.Consumer.NativeProperty("IlcInstructionSet", "linux-x64").Should().Be("x86-64-v3");
        fixture.Consumer.NativeProperty("IlcInstructionSet", "win-x64", "-p:IlcInstructionSet=x86-64-v4").Should().Be("x86-64-v4");
        fixture.Consumer.NativeProperty("IlcInstructionSet", "linux-arm64").Should().BeEmpty();
    }

    [GeneratedRegex(@"^forecast (-?\d\.\d{3}), truth (-?\d\.\d{3})\s*$")]
    private static partial Regex ForecastLine();
}
