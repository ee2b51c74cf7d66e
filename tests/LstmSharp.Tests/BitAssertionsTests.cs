using Xunit.Sdk;

namespace LstmSharp.Tests;

public sealed class BitAssertionsTests
{
    [Fact]
    public void ShouldHaveTheBitsOf_OtherBits_NamesTheFirstDifferingIndex()
    {
        Action compare = () => BitAssertions.ShouldHaveTheBitsOf([1f, 2f, 0f, 5f], [1f, 2f, -0f, 6f], "of {0}", "row 3");

        compare.Should().Throw<XunitException>().WithMessage(
            "Expected value 2 of 4 to be \"-0 (bits 80000000)\" because of row 3, but found \"0 (bits 00000000)\".");
    }

    [Fact]
    public void ShouldHaveTheBitsOf_OtherLength_Fails()
    {
        Action compare = () => BitAssertions.ShouldHaveTheBitsOf([1f], [1f, 2f]);

        compare.Should().Throw<XunitException>();
    }

    [Fact]
    public void ShouldHaveTheBitsOf_EqualNaNs_Agrees() => BitAssertions.ShouldHaveTheBitsOf([float.NaN, -0f], [float.NaN, -0f]);
}
