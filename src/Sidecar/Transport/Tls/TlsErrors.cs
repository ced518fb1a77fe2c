using System.Runtime.InteropServices;
using Sidecar.Transport.Kernel;

namespace Sidecar.Transport.Tls;

/// <summary>OpenSSL's errors in words; each thread has its own queue of errors.</summary>
internal static class TlsErrors
{
    /// <summary>The library and the reason within an error (ERR_GET_LIB and ERR_GET_REASON).</summary>
    private const ulong ReasonMask = 0x7FFFFF, LibraryMask = 0xFF, SslLibrary = 20;
    private const int LibraryShift = 23;

    /// <summary>With this flag the other bits are errno(3) (ERR_SYSTEM_FLAG).</summary>
    private const ulong SystemFlag = 0x80000000;
    private const int NoFile = 2;

    /// <summary>The first reason in the queue, which is empty afterwards.</summary>
    internal static string Take() => Take(out _);

    /// <param name="isEnd">Whether the peer closed the connection before its messages had ended.</param>
    internal static string Take(out bool isEnd)
    {
        var error = OpenSsl.TakeError();
        OpenSsl.ClearErrors();
        isEnd = false;
        if ((error & SystemFlag) != 0) return OfSystem((int)(error & ~SystemFlag));
        var reason = (error >> LibraryShift & LibraryMask) == SslLibrary ? (int)(error & ReasonMask) : 0;
        isEnd = reason == OpenSsl.ReasonUnexpectedEnd;
        if (isEnd) return "the peer closed the connection";
        return reason is OpenSsl.ReasonHttpRequest or OpenSsl.ReasonHttpProxyRequest
            ? "an unencrypted request on a TLS port"
            : Text(OpenSsl.ReasonOf(error)) ?? $"OpenSSL error {error:x}";
    }

    /// <summary>Why a peer's certificate was not accepted; null where it was.</summary>
    internal static string? OfCertificate(nint ssl)
    {
        var result = OpenSsl.VerifyResult(ssl);
        return result == OpenSsl.VerifyOk ? null : Text(OpenSsl.VerifyErrorText(result));
    }

    private static string OfSystem(int error) => error == NoFile ? "no such file" : Libc.Describe(error);

    private static string? Text(nint text) => Marshal.PtrToStringUTF8(text);
}
