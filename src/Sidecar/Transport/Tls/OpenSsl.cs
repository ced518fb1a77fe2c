using System.Runtime.InteropServices;

namespace Sidecar.Transport.Tls;

/// <summary>The calls of OpenSSL 3 that TLS on non-blocking sockets takes (SSL_read(3), SSL_CTX_new(3) and others).
/// Loaded at the first call, so that a sidecar without TLS needs no library.</summary>
internal static unsafe partial class OpenSsl
{
    internal const int WantRead = 2, WantWrite = 3, ErrorSystemCall = 5, ZeroReturn = 6;
    internal const int FileTypePem = 1, VerifyPeer = 1, VerifyOk = 0;
    internal const int ControlMode = 33, ControlReadAhead = 41, ControlHostName = 55, ControlMinVersion = 123;
    internal const int ModePartialWrite = 1, ModeMovingWriteBuffer = 2, ModeReleaseBuffers = 0x10;
    internal const int VersionTls12 = 0x0303;
    internal const ulong OptionNoCompression = 1 << 17, OptionServerPreference = 1 << 22;
    internal const ulong OptionNoRenegotiation = 1 << 30;
    internal const int StateBefore = 0;
    internal const int ReasonHttpRequest = 156, ReasonHttpProxyRequest = 155, ReasonUnexpectedEnd = 294;
    internal const int AlpnOk = 0, AlpnFatal = 2;

    private const string Ssl = "libssl.so.3", Crypto = "libcrypto.so.3";

    [LibraryImport(Ssl, EntryPoint = "TLS_server_method")]
    internal static partial nint ServerMethod();

    [LibraryImport(Ssl, EntryPoint = "TLS_client_method")]
    internal static partial nint ClientMethod();

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_new")]
    internal static partial nint NewContext(nint method);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_free")]
    internal static partial void FreeContext(nint context);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_ctrl")]
    internal static partial nint ControlContext(nint context, int command, nint argument, nint pointer);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_set_options")]
    internal static partial ulong SetOptions(nint context, ulong options);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_set_default_passwd_cb")]
    internal static partial void SetPassword(nint context, delegate* unmanaged<byte*, int, int, nint, int> tell);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_use_certificate_chain_file", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int UseCertificateChain(nint context, string file);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_use_PrivateKey_file", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int UsePrivateKey(nint context, string file, int type);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_check_private_key")]
    internal static partial int CheckPrivateKey(nint context);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_load_verify_file", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int LoadAuthorities(nint context, string file);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_set_default_verify_paths")]
    internal static partial int LoadDefaultAuthorities(nint context);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_set_verify")]
    internal static partial void SetVerify(nint context, int mode, nint callback);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_set_alpn_select_cb")]
    internal static partial void SetProtocolChoice(
        nint context, delegate* unmanaged<nint, byte**, byte*, byte*, uint, nint, int> choose, nint argument);

    [LibraryImport(Ssl, EntryPoint = "SSL_new")]
    internal static partial nint New(nint context);

    [LibraryImport(Ssl, EntryPoint = "SSL_free")]
    internal static partial void Free(nint ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_set_fd")]
    internal static partial int SetDescriptor(nint ssl, int descriptor);

    [LibraryImport(Ssl, EntryPoint = "SSL_set_accept_state")]
    internal static partial void SetServer(nint ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_set_connect_state")]
    internal static partial void SetClient(nint ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_ctrl", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint Control(nint ssl, int command, nint argument, string text);

    [LibraryImport(Ssl, EntryPoint = "SSL_set1_host", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int ExpectHost(nint ssl, string name);

    [LibraryImport(Ssl, EntryPoint = "SSL_get0_param")]
    internal static partial nint Parameters(nint ssl);

    [LibraryImport(Crypto, EntryPoint = "X509_VERIFY_PARAM_set1_ip_asc", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int ExpectAddress(nint parameters, string address);

    [LibraryImport(Ssl, EntryPoint = "SSL_do_handshake")]
    internal static partial int Handshake(nint ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_is_init_finished")]
    internal static partial int IsEstablished(nint ssl);

    /// <summary>OSSL_HANDSHAKE_STATE; <see cref="StateBefore"/> until the peer's first message has come.</summary>
    [LibraryImport(Ssl, EntryPoint = "SSL_get_state")]
    internal static partial int State(nint ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_read")]
    internal static partial int Read(nint ssl, byte* buffer, int length);

    [LibraryImport(Ssl, EntryPoint = "SSL_peek")]
    internal static partial int Peek(nint ssl, byte* buffer, int length);

    [LibraryImport(Ssl, EntryPoint = "SSL_write")]
    internal static partial int Write(nint ssl, byte* buffer, int length);

    [LibraryImport(Ssl, EntryPoint = "SSL_shutdown")]
    internal static partial int Shutdown(nint ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_get_error")]
    internal static partial int GetError(nint ssl, int result);

    [LibraryImport(Ssl, EntryPoint = "SSL_get_verify_result")]
    internal static partial nint VerifyResult(nint ssl);

    [LibraryImport(Crypto, EntryPoint = "X509_verify_cert_error_string")]
    internal static partial nint VerifyErrorText(nint result);

    [LibraryImport(Crypto, EntryPoint = "ERR_get_error")]
    internal static partial ulong TakeError();

    [LibraryImport(Crypto, EntryPoint = "ERR_clear_error")]
    internal static partial void ClearErrors();

    [LibraryImport(Crypto, EntryPoint = "ERR_reason_error_string")]
    internal static partial nint ReasonOf(ulong error);
}
