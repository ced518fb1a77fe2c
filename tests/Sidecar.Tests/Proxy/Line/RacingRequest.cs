using Sidecar.Admission;
using Sidecar.Http.Requests;
using Sidecar.Proxy;
using Sidecar.Proxy.Line;
using Sidecar.Records;
using Sidecar.Telemetry;
using Sidecar.Tests.Admission;

namespace Sidecar.Tests.Proxy.Line;

/// <summary>
/// One request that the real admission step brings past the gate, taken on as the exchange does it, in atomic steps. It
/// looks only when it is told to, by notes that may come at any time after the gate's lock was left.
/// </summary>
internal sealed class RacingRequest
{
    private static readonly byte[] Head = "POST / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray();

    private readonly ProxyServices _services;
    private readonly AdmissionStep _admission;
    private readonly RequestRecord _record = new();
    private int _notesPending;
    private bool _isNoted;
    private bool _clientLeft;

    public RacingRequest(ProxyServices services, string name)
    {
        _services = services;
        Waiter = new TestWaiter(name, _ => _notesPending++);
        _admission = new AdmissionStep(
            services.Gate, services.Workloads, services.Instruments, services.Options.DefaultCriticality, Waiter);
        var head = new RequestHead();
        var scanned = 0;
        new RequestHeadParser(new RequestHeadOptions()).Parse(Head, 0, Head.Length, ref scanned, head, out _);
        _admission.Reset();
        _admission.Begin(head, Head, 0, _record);
        if (_admission.Poll(clientHasLeft: false)) throw new InvalidOperationException("There was room.");
    }

    public TestWaiter Waiter { get; }

    public Outcome Outcome { get; private set; }

    public bool HasEnded => Outcome != Outcome.None;

    /// <summary>Delivers the notes of wakes, each at any later time.</summary>
    public IEnumerable<Func<bool>> Notes()
    {
        while (true)
        {
            yield return () => HasEnded || _notesPending > 0;
            if (HasEnded) yield break;
            _notesPending--;
            _isNoted = true;
        }
    }

    public IEnumerable<Func<bool>> ClientLeaves()
    {
        yield return () => true;
        _clientLeft = true;
    }

    /// <summary>The drain has no more time for it, wherever it is: queued, or granted without knowing it yet.</summary>
    public IEnumerable<Func<bool>> IsDrained()
    {
        yield return () => true;
        if (!HasEnded) End(Outcome.Draining);
    }

    /// <summary>A wake for nothing, at any time.</summary>
    public IEnumerable<Func<bool>> SpuriousNote()
    {
        yield return () => true;
        _isNoted = true;
    }

    /// <param name="refusals">How often the model server refuses before it takes the request.</param>
    /// <param name="notedAtOnce">Notes arrive by themselves: without <see cref="Notes"/> among the actors.</param>
    public IEnumerable<Func<bool>> Owner(int refusals, bool notedAtOnce = false)
    {
        while (!HasEnded)
        {
            yield return () => HasEnded || _clientLeft || _isNoted || (notedAtOnce && _notesPending > 0);
            _isNoted = false;
            if (notedAtOnce) _notesPending = 0;
            while (!HasEnded && _admission.Poll(_clientLeft))
            {
                if (_admission.Outcome != Outcome.None)
                {
                    End(_admission.Outcome);
                    break;
                }
                // Connecting takes its time: anything may happen between.
                yield return () => true;
                if (HasEnded) break;
                if (_clientLeft) End(Outcome.ClientLeftRunning);
                else if (!_admission.MayBeSent) _admission.ReturnToQueue();
                else if (refusals-- > 0) Refuse();
                else End(Outcome.Completed);
            }
        }
    }

    private void Refuse()
    {
        _services.Engine.OnRefused("a test");
        _admission.ReturnToQueue();
    }

    private void End(Outcome outcome)
    {
        _admission.End(0, _record);
        Outcome = outcome;
    }
}
