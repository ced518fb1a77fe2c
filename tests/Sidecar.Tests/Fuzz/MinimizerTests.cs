using System.Text;
using Sidecar.Fuzz;

namespace Sidecar.Tests.Fuzz;

public class MinimizerTests
{
    [Fact]
    public void WhatTheDifferenceDoesNotNeed_IsTakenAway()
    {
        var text = new string('x', 500) + "a" + new string('y', 300) + "b" + new string('z', 99);
        var input = Encoding.ASCII.GetBytes(text);

        var least = Minimizer.Minimize(input, bytes => bytes.Contains((byte)'a') && bytes.Contains((byte)'b'));

        Assert.Equal("ab", Encoding.ASCII.GetString(least));
    }

    [Fact]
    public void SameSeed_GivesTheSameInputs_AndAnotherGivesOthers()
    {
        Assert.Equal(Inputs(1), Inputs(1));
        Assert.NotEqual(Inputs(1), Inputs(2));

        static List<string> Inputs(int seed)
        {
            var mutator = new Mutator(["GET / HTTP/1.1\r\n\r\n"], ["Host: a\r\n"], seed);
            return [.. Enumerable.Range(0, 200).Select(_ => FuzzRun.Escape(mutator.Next()))];
        }
    }
}
