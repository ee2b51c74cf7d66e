using LstmSharp.Campaigns;
using LstmSharp.Campaigns.AllFloats;
using LstmSharp.Campaigns.Fingerprint;
using LstmSharp.Campaigns.KilledRun;
using LstmSharp.Campaigns.LongRun;
using LstmSharp.Campaigns.Saves;

Campaign[] campaigns = [new AllFloatsCampaign(), new FingerprintCampaign(), new SavesCampaign(), new LongRunCampaign(), new KilledRunCampaign()];

if (args.Length > 0 && Array.Find(campaigns, campaign => campaign.Name == args[0]) is { } chosen)
{
    return chosen.Run(args[1..]);
}

Console.WriteLine("""
    Checks that take too long for the test suite, and programs that tests start.

    dotnet run -c Release --project tests/LstmSharp.Campaigns -- CAMPAIGN [options]
    """);
foreach (Campaign campaign in campaigns)
{
    Console.WriteLine($"  {campaign.Name,-12} {campaign.Summary}");
}

Console.WriteLine("CAMPAIGN --help tells its options.");
return args is ["--help"] ? 0 : 1;
