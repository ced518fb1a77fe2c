using System.Net;
using System.Runtime.InteropServices;
using Sidecar.Transport.Kernel;

namespace Sidecar.Transport.Tls;

/// <summary>
/// Settings and keys that sessions share: TLS 1.2 and 1.3 with OpenSSL's own choice of ciphers, no renegotiation, no
/// compression, HTTP/1.1 by ALPN (RFC 7301). Safe from any thread; sessions outlive it. A context that is no longer
/// referenced is freed without <see cref="Dispose"/> too.
/// </summary>
public sealed unsafe class TlsContext : IDisposable
{
    /// <summary>OpenSSL has asked for a password on this thread since it began to make a context.</summary>
    [ThreadStatic]
    private static bool t_isPasswordAsked;

    private readonly Lock _lock = new();
    private nint _context;

    private TlsContext(nint method)
    {
        t_isPasswordAsked = false;
        OpenSsl.ClearErrors();
        _context = OpenSsl.NewContext(method);
        const int modes = OpenSsl.ModePartialWrite | OpenSsl.ModeMovingWriteBuffer | OpenSsl.ModeReleaseBuffers;
        OpenSsl.ControlContext(_context, OpenSsl.ControlMode, modes, 0);
        OpenSsl.ControlContext(_context, OpenSsl.ControlReadAhead, 1, 0);
        OpenSsl.ControlContext(_context, OpenSsl.ControlMinVersion, OpenSsl.VersionTls12, 0);
        const ulong options =
            OpenSsl.OptionNoCompression | OpenSsl.OptionNoRenegotiation | OpenSsl.OptionServerPreference;
        OpenSsl.SetOptions(_context, options);
        // Without one it asks on the terminal, and waits there.
        OpenSsl.SetPassword(_context, &RefusePassword);
        // OpenSSL writes with write(2), which knows no MSG_NOSIGNAL.
        Libc.IgnorePipeSignal();
    }

    ~TlsContext() => Free();

    /// <summary>Makes the context of a port that clients connect to.</summary>
    /// <param name="certificateFile">PEM: the server's certificate, then those between it and the root.</param>
    /// <param name="keyFile">PEM: the certificate's private key, without a password.</param>
    /// <exception cref="IOException">The files cannot be read, are not PEM, do not belong together, or the key is
    /// encrypted.</exception>
    /// <exception cref="DllNotFoundException">OpenSSL 3 is not installed.</exception>
    public static TlsContext ForServer(string certificateFile, string keyFile)
    {
        var context = new TlsContext(OpenSsl.ServerMethod());
        Check(OpenSsl.UseCertificateChain(context._context, certificateFile), certificateFile);
        Check(OpenSsl.UsePrivateKey(context._context, keyFile, OpenSsl.FileTypePem), keyFile);
        Check(OpenSsl.CheckPrivateKey(context._context), keyFile);
        OpenSsl.SetProtocolChoice(context._context, &ChooseProtocol, 0);
        return context;
    }

    /// <summary>Makes the context of connections to a server whose certificate is verified.</summary>
    /// <param name="authoritiesFile">PEM: the trusted authorities; null: those of this machine.</param>
    /// <exception cref="IOException">The file cannot be read or is not PEM.</exception>
    /// <exception cref="DllNotFoundException">OpenSSL 3 is not installed.</exception>
    public static TlsContext ForClient(string? authoritiesFile)
    {
        var context = new TlsContext(OpenSsl.ClientMethod());
        OpenSsl.SetVerify(context._context, OpenSsl.VerifyPeer, 0);
        Check(authoritiesFile is null
            ? OpenSsl.LoadDefaultAuthorities(context._context)
            : OpenSsl.LoadAuthorities(context._context, authoritiesFile), authoritiesFile ?? "authorities");
        return context;
    }

    internal TlsSession NewServerSession(int descriptor)
    {
        var ssl = New(descriptor);
        OpenSsl.SetServer(ssl);
        return new TlsSession(ssl);
    }

    /// <param name="descriptor">A connected, non-blocking socket.</param>
    /// <param name="host">The name or address that the server's certificate has to be for.</param>
    /// <exception cref="IOException">OpenSSL has no memory left, or takes the host for no name.</exception>
    internal TlsSession NewClientSession(int descriptor, string host)
    {
        var ssl = New(descriptor);
        OpenSsl.SetClient(ssl);
        var isAddress = IPAddress.TryParse(host, out _);
        var isExpected = isAddress
            ? OpenSsl.ExpectAddress(OpenSsl.Parameters(ssl), host) == 1
            : OpenSsl.ExpectHost(ssl, host) == 1 && OpenSsl.Control(ssl, OpenSsl.ControlHostName, 0, host) == 1;
        if (isExpected) return new TlsSession(ssl);
        // Without it any certificate of somebody trusted would do.
        OpenSsl.Free(ssl);
        throw new IOException($"{host}: {TlsErrors.Take()}");
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        lock (_lock)
        {
            if (_context != 0) OpenSsl.FreeContext(_context);
            _context = 0;
        }
    }

    private nint New(int descriptor)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_context == 0, this);
            var ssl = OpenSsl.New(_context);
            // The session has its own share of the context from here on.
            GC.KeepAlive(this);
            if (ssl != 0 && OpenSsl.SetDescriptor(ssl, descriptor) == 1) return ssl;
            if (ssl != 0) OpenSsl.Free(ssl);
            throw new IOException(TlsErrors.Take());
        }
    }

    private static void Check(int result, string file)
    {
        if (result == 1) return;
        var reason = TlsErrors.Take();
        throw new IOException(t_isPasswordAsked
            ? $"{file}: the private key in it is encrypted; that is not supported"
            : $"{file}: {reason}");
    }

    /// <summary>pem_password_cb(3): gives none.</summary>
    [UnmanagedCallersOnly]
    private static int RefusePassword(byte* buffer, int size, int forWriting, nint argument)
    {
        t_isPasswordAsked = true;
        return -1;
    }

    /// <summary>Chooses http/1.1 from the client's list, in which a length byte precedes each name; ends the handshake
    /// where the list holds only others.</summary>
    [UnmanagedCallersOnly]
    private static int ChooseProtocol(
        nint ssl, byte** chosen, byte* chosenLength, byte* offered, uint offeredLength, nint argument)
    {
        for (var at = 0u; at < offeredLength; at += 1u + offered[at])
        {
            var name = new ReadOnlySpan<byte>(offered + at + 1, (int)Math.Min(offered[at], offeredLength - at - 1));
            if (!name.SequenceEqual("http/1.1"u8)) continue;
            *chosen = offered + at + 1;
            *chosenLength = offered[at];
            return OpenSsl.AlpnOk;
        }
        return OpenSsl.AlpnFatal;
    }
}
