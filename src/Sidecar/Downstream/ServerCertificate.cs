using Sidecar.Telemetry;
using Sidecar.Transport.Tls;

namespace Sidecar.Downstream;

/// <summary>
/// The certificate of the data port and its key, read again when either file changes, as Kubernetes changes the files
/// of a secret. A pair that cannot be used leaves the one before in force. Safe from any thread.
/// </summary>
public sealed class ServerCertificate : IDisposable
{
    /// <summary>A changed file is noticed within this time.</summary>
    public static readonly TimeSpan LookPeriod = TimeSpan.FromSeconds(5);

    private readonly string _certificateFile;
    private readonly string _keyFile;
    private readonly Log _log;
    private readonly ITimer _timer;
    private (DateTime, DateTime) _stamps;
    private volatile TlsContext _current;
    private TlsContext? _retired;

    /// <exception cref="IOException">The files cannot be read, are not PEM, or do not belong together.</exception>
    /// <exception cref="DllNotFoundException">OpenSSL 3 is not installed.</exception>
    public ServerCertificate(string certificateFile, string keyFile, Log log, TimeProvider time)
    {
        (_certificateFile, _keyFile, _log) = (certificateFile, keyFile, log);
        _stamps = Stamps();
        _current = TlsContext.ForServer(certificateFile, keyFile);
        _timer = time.CreateTimer(_ => Look(), null, LookPeriod, LookPeriod);
    }

    /// <summary>What the next connection is to use, at once: it is let go of at the second change after.</summary>
    public TlsContext Current => _current;

    public void Dispose()
    {
        _timer.Dispose();
        _current.Dispose();
        _retired?.Dispose();
    }

    private void Look()
    {
        var stamps = Stamps();
        if (stamps == _stamps) return;
        // Also after a failure: what is half written now changes once more when it is whole.
        _stamps = stamps;
        try
        {
            var renewed = TlsContext.ForServer(_certificateFile, _keyFile);
            _retired?.Dispose();
            _retired = _current;
            _current = renewed;
            _log.Info("tls-renewed", ("certificate", _certificateFile));
        }
        catch (IOException failure)
        {
            _log.Warn("tls-not-renewed", ("error", failure.Message));
        }
    }

    /// <summary>Through links, since the files of a secret are links to where they were written.</summary>
    private (DateTime, DateTime) Stamps() => (Stamp(_certificateFile), Stamp(_keyFile));

    private static DateTime Stamp(string file)
    {
        try
        {
            var target = File.ResolveLinkTarget(file, returnFinalTarget: true)?.FullName ?? file;
            return File.GetLastWriteTimeUtc(target);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return default;
        }
    }
}
