using System.Runtime.InteropServices;

namespace Sidecar.Transport.Tls;

/// <summary>OpenSSL's reasons in words; each thread has its own queue of them.</summary>
internal static class TlsErrors
{
    /// <summary>The first reason in the queue, which is empty afterwards.</summary>
    internal static string Take()
    {
        var error = OpenSsl.TakeError();
        OpenSsl.ClearErrors();
        return Text(OpenSsl.ReasonOf(error)) ?? $"OpenSSL error {error:x}";
    }

    /// <summary>Why a peer's certificate was not accepted; null where it was.</summary>
    internal static string? OfCertificate(nint ssl)
    {
        var result = OpenSsl.VerifyResult(ssl);
        return result == OpenSsl.VerifyOk ? null : Text(OpenSsl.VerifyErrorText(result));
    }

    private static string? Text(nint text) => Marshal.PtrToStringUTF8(text);
}
