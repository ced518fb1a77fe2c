using System.Runtime.CompilerServices;

namespace Sidecar.Tests.Architecture;

/// <summary>The source tree that these tests were built from.</summary>
internal static class Repository
{
    private static readonly string[] Generated = ["/obj/", "/bin/", "/artifacts/"];

    internal static string Root { get; } = FindRoot();

    internal static string[] SourceFiles(params string[] folders) =>
    [
        .. folders
            .SelectMany(folder => Directory.EnumerateFiles(
                Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories))
            .Where(path => !Generated.Any(path.Replace('\\', '/').Contains))
            .Order(StringComparer.Ordinal),
    ];

    internal static string Relative(string path) => Path.GetRelativePath(Root, path);

    private static string FindRoot([CallerFilePath] string here = "")
    {
        var folder = new DirectoryInfo(File.Exists(here) ? Path.GetDirectoryName(here)! : AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Sidecar.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException("No Sidecar.sln above the tests.");
    }
}
