using System.Text;

namespace LstmSharp.Tests.Serialization;

public sealed class NameIndexTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(1000)]
    public void Find_EveryName_GivesItsNumber(int count)
    {
        string[] names = [.. Enumerable.Range(0, count).Select(n => n % 2 == 0 ? $"a{n}" : $"\\u0061{n}")];
        NameIndex index = Index(names);

        for (int n = 0; n < count; n++)
        {
            index.Find($"a{n}").Should().Be(n);
        }

        index.Find($"a{count}").Should().Be(-1);
        index.Find(string.Empty).Should().Be(-1);
    }

    [Fact]
    public void Constructor_NamesThatRepeat_TellsOfTheFirstRepetition()
    {
        string[] names = [.. Enumerable.Range(0, 50).Select(n => $"{n}"), "7", "3", "\\u0037", "3"];

        FluentActions.Invoking(() => Index(names)).Should().Throw<ModelFileException>()
            .WithMessage("file: the key '7' must be there once, but is there twice (byte *).")
            .Which.Offset.Should().Be(names.Take(50).Sum(name => name.Length + 2));
    }

    private static NameIndex Index(string[] names)
    {
        List<JsonToken> tokens = [];
        var text = new StringBuilder();
        foreach (string name in names)
        {
            tokens.Add(new JsonToken(text.Length + 1, name.Length));
            text.Append('"').Append(name).Append('"');
        }

        var json = new JsonText(Encoding.UTF8.GetBytes(text.ToString()), "file", "the names", position: 0, isVerbatim: true);
        return new NameIndex(json, names.Length, n => tokens[n]);
    }
}
