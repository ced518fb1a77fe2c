using System.Text;
using Sidecar.Workloads;

namespace Sidecar.Tests.Workloads;

public class ContextFaultLabelsTests
{
    [Fact]
    public void EveryFault_HasItsNameAsLabel()
    {
        foreach (var fault in Enum.GetValues<ContextFault>())
        {
            var kebab = new StringBuilder();
            foreach (var letter in fault.ToString())
            {
                if (char.IsUpper(letter) && kebab.Length > 0) kebab.Append('-');
                kebab.Append(char.ToLowerInvariant(letter));
            }
            Assert.Equal(kebab.ToString(), ContextFaultLabels.Of(fault));
        }
        Assert.Equal(Enum.GetValues<ContextFault>().Length, ContextFaultLabels.All.Length);
    }
}
