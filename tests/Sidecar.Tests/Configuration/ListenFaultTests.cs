using System.Net;
using System.Net.Sockets;
using Sidecar.Configuration;
using Sidecar.Downstream;

namespace Sidecar.Tests.Configuration;

public class ListenFaultTests
{
    [Fact]
    public void TakenPort_IsToldPlainly()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();

        Assert.Equal("in use by another process", ReasonOf(taken.LocalEndpoint));
    }

    [Fact]
    public void TakenSocket_IsToldPlainly()
    {
        var folder = Directory.CreateTempSubdirectory("sidecar-taken-");
        var taken = new UnixDomainSocketEndPoint(Path.Combine(folder.FullName, "a.sock"));
        using var other = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        other.Bind(taken);
        other.Listen();

        Assert.Equal("in use by another process", ReasonOf(taken));
        folder.Delete(recursive: true);
    }

    [Fact]
    public void AddressOfAnotherMachine_IsToldPlainly() => Assert.Equal(
        "this machine has no such address", ReasonOf(new IPEndPoint(IPAddress.Parse("192.0.2.1"), 0)));

    [Fact]
    public void SocketWithoutItsFolder_IsToldPlainly() => Assert.Equal(
        "the socket's folder does not exist", ReasonOf(new UnixDomainSocketEndPoint("/no/such/folder/a.sock")));

    [Fact]
    public void WhatTheRuntimeWraps_IsFound() => Assert.Equal("in use by another process", ListenFault.ReasonOf(
        new IOException("Failed to bind", new SocketException((int)SocketError.AddressAlreadyInUse))));

    [Fact]
    public void AnythingElse_IsItsOwnMessage_InOneLine() =>
        Assert.Equal("a b", ListenFault.ReasonOf(new IOException("a\nb")));

    private static string ReasonOf(EndPoint endPoint) =>
        ListenFault.ReasonOf(Assert.Throws<IOException>(() => ListeningSocket.Open(endPoint, out _)));
}
