using Sidecar.Http.Requests;

namespace Sidecar.Tests.Http.Requests;

public class ViaPseudonymTests
{
    [Fact]
    public void NewNames_Differ_AndFit()
    {
        var names = Enumerable.Range(0, 100).Select(_ => ViaPseudonym.New().ToString()).ToList();
        Assert.Distinct(names);
        Assert.All(names, name => Assert.Matches("^sidecar-[0-9a-f]{8}$", name));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a,b")]
    [InlineData("sidecar-3f9a2c1e0")]
    public void NoToken_OrTooLong_IsRefused(string name) =>
        Assert.Throws<ArgumentException>(() => new ViaPseudonym(name));
}
