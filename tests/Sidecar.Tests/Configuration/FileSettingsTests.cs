using System.Net.Sockets;
using Sidecar.Configuration;

namespace Sidecar.Tests.Configuration;

public sealed class FileSettingsTests : IDisposable
{
    private const string Key = "SIDECAR_UPSTREAM_KEY_FILE";

    private readonly string _folder = Directory.CreateTempSubdirectory("sidecar-files-").FullName;

    [Theory]
    [InlineData("abc", "abc")]
    [InlineData("\n abc-._~+/=\r\n\n", "abc-._~+/=")]
    public void KeyOfOneLine_IsRead(string content, string key) =>
        Assert.Equal(key, SettingsReader.Read(new TextSource((Key, Write(content)))).Settings!.UpstreamKey);

    [Theory]
    [InlineData("", "it is empty")]
    [InlineData(" \r\n", "it is empty")]
    [InlineData("abc\ndef\n", "it has more than one line")]
    [InlineData("abc\rdef", "it has more than one line")]
    [InlineData("a c", "it has other than visible ASCII characters")]
    [InlineData("a\u0001c", "it has other than visible ASCII characters")]
    [InlineData("ä", "it has other than visible ASCII characters")]
    public void OtherKeys_AreFaults(string content, string reason)
    {
        var file = Write(content);

        Assert.Equal($"{Key}='{file}': {reason}", Fault((Key, file)));
    }

    [Fact]
    public void KeyWithoutAnEnd_IsAFault()
    {
        Assert.Equal($"{Key}='/dev/zero': it is longer than 8KiB", Fault((Key, "/dev/zero")));
        Assert.Contains("longer", Fault((Key, Write(new string('x', 8193)))));
    }

    [Theory]
    [InlineData(Key)]
    [InlineData("SIDECAR_UPSTREAM_CA_FILE")]
    [InlineData("SIDECAR_TLS_CERT")]
    [InlineData("SIDECAR_TLS_KEY")]
    public void FilesThatCannotBeRead_AreFaults_WithThePlainReason(string name)
    {
        (string, string)[] others = name switch
        {
            "SIDECAR_UPSTREAM_CA_FILE" => [("SIDECAR_UPSTREAM", "https://e:1")],
            "SIDECAR_TLS_CERT" => [("SIDECAR_TLS_KEY", "/etc/hostname")],
            "SIDECAR_TLS_KEY" => [("SIDECAR_TLS_CERT", "/etc/hostname")],
            _ => [],
        };
        Assert.Equal($"{name}='{_folder}/no': no such file", Fault([(name, $"{_folder}/no"), .. others]));
        Assert.Equal($"{name}='{_folder}/no/no': no such file", Fault([(name, $"{_folder}/no/no"), .. others]));
        Assert.Equal($"{name}='{_folder}': it is a folder", Fault([(name, _folder), .. others]));
    }

    [Fact]
    public void SocketWithoutItsFolder_IsAFault() => Assert.Equal(
        $"SIDECAR_LISTEN='unix:{_folder}/no/a.sock': the socket's folder does not exist",
        Fault(("SIDECAR_LISTEN", $"unix:{_folder}/no/a.sock")));

    [Fact]
    public void FileInThePlaceOfTheSocket_IsAFault_AndStays()
    {
        var file = Write("precious");

        Assert.Equal($"SIDECAR_LISTEN='unix:{file}': there is a file that is no socket",
            Fault(("SIDECAR_LISTEN", $"unix:{file}")));
        Assert.Equal("precious", File.ReadAllText(file));
        Assert.Equal($"SIDECAR_LISTEN='unix:{_folder}': it is a folder", Fault(("SIDECAR_LISTEN", $"unix:{_folder}")));
    }

    [Fact]
    public void SocketThatIsThereAlready_MayBeADesertedOne()
    {
        var path = Path.Combine(_folder, "a.sock");
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));

        Assert.Empty(SettingsReader.Read(new TextSource(("SIDECAR_LISTEN", $"unix:{path}"))).Faults);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Fault(params (string, string)[] values) =>
        Assert.Single(SettingsReader.Read(new TextSource(values)).Faults);

    private string Write(string content)
    {
        var file = Path.Combine(_folder, "file");
        File.WriteAllText(file, content);
        return file;
    }
}
