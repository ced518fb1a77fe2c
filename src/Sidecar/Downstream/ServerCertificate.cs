using Sidecar.Telemetry;
using Sidecar.Transport.Tls;

namespace Sidecar.Downstream;

/// <summary>The certificate of the data port and its key, read again when either file changes, as Kubernetes changes
/// the files of a secret. A pair that cannot be used leaves the one before in force. Safe from any thread.</summary>
public sealed class ServerCertificate : IDisposable
{
    /// <summary>A changed file is noticed within this time.</summary>
    public static readonly TimeSpan LookPeriod = TimeSpan.FromSeconds(5);

    private readonly string _certificateFile;
    private readonly string _keyFile;
    private readonly Log _log;
    private readonly ITimer _timer;
    private readonly Lock _lock = new();
    private (DateTime, DateTime) _stamps;
    private volatile TlsContext _current;
    private bool _isDisposed;

    /// <exception cref="IOException">The files cannot be read, are not PEM, or do not belong together.</exception>
    /// <exception cref="DllNotFoundException">OpenSSL 3 is not installed.</exception>
    public ServerCertificate(string certificateFile, string keyFile, Log log, TimeProvider time)
    {
        (_certificateFile, _keyFile, _log) = (certificateFile, keyFile, log);
        _stamps = Stamps();
        _current = TlsContext.ForServer(certificateFile, keyFile);
        _timer = time.CreateTimer(_ => Look(), null, LookPeriod, LookPeriod);
    }

    /// <summary>The context for the next connection. Whoever has taken it may go on using it: once renewed, it is freed
    /// when nobody refers to it any more.</summary>
    public TlsContext Current => _current;

    public void Dispose()
    {
        _timer.Dispose();
        // Waits for a look that is under way, which the timer does not.
        lock (_lock)
        {
            _isDisposed = true;
            _current.Dispose();
        }
    }

    /// <summary>Runs on a thread of the pool, where a failure that is not contained would end the process.</summary>
    private void Look()
    {
        // A look that takes longer than the period is not joined by another.
        if (!_lock.TryEnter()) return;
        try
        {
            if (!_isDisposed) Renew();
        }
        catch (Exception failure)
        {
            _log.Warn("tls-not-renewed", ("error", failure.Message));
        }
        finally
        {
            _lock.Exit();
        }
    }

    private void Renew()
    {
        var stamps = Stamps();
        if (stamps == _stamps) return;
        // Also before a failure: what is half written now changes once more when it is whole.
        _stamps = stamps;
        _current = TlsContext.ForServer(_certificateFile, _keyFile);
        _log.Info("tls-renewed", ("certificate", _certificateFile));
    }

    /// <summary>The files' times, through links, since the files of a secret are links to the real ones.</summary>
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
