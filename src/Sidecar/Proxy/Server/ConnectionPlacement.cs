using System.Net;
using Sidecar.Downstream;
using Sidecar.Telemetry;
using Sidecar.Transport.Kernel;

namespace Sidecar.Proxy.Server;

/// <summary>
/// Decides which worker gets a connection: the one with the fewest; at the limit the one whose idle connection waits
/// the longest, which closes for it. The longest is found by what each worker tells, so it may be off by what happens
/// within one turn.
/// </summary>
internal sealed class ConnectionPlacement(
    IReadOnlyList<ProxyWorker> workers, ConnectionServices connections, Instruments instruments) : IConnectionTaker
{
    /// <summary>On the accepting reactor's thread.</summary>
    public void Take(int descriptor, IPAddress? client)
    {
        instruments.ConnectionsAccepted.Add();
        var connection = new AcceptedConnection(this, descriptor, client);
        if (connections.Places.TryTake())
        {
            connection.HasPlace = true;
            WithFewest().Assign(connection);
            return;
        }
        Offer(connection);
    }

    /// <summary>On the accepting reactor's thread.</summary>
    public void MakeRoom(Listener listener)
    {
        if (!connections.Room.Await(listener)) return;
        if (WithLongestIdle() is { } worker) worker.AskForRoom();
        else connections.Room.Decline();
    }

    /// <summary>Opens a connection or offers it to another worker; on the thread of the worker that has it.</summary>
    internal void Deliver(AcceptedConnection connection)
    {
        var worker = connection.Worker!;
        if (connection.HasPlace || connections.Places.TryTake() || worker.TryCloseLongestIdle())
        {
            worker.Open(connection.Descriptor, connection.Client);
            return;
        }
        worker.Unassign();
        Offer(connection);
    }

    /// <summary>At the limit: an idle connection closes for the new one. Without any, the new one is refused, since
    /// work that was begun is not thrown away.</summary>
    private void Offer(AcceptedConnection connection)
    {
        // Once more than there are workers: who was about to read something may be idle after all.
        if (connection.AskedCount++ <= workers.Count && WithLongestIdle() is { } worker)
        {
            worker.Assign(connection);
            return;
        }
        Libc.Close(connection.Descriptor);
        connections.Room.OnClosed();
        connections.Refused.Note(connections.Places.LimitText);
    }

    private ProxyWorker WithFewest()
    {
        var fewest = workers[0];
        foreach (var worker in workers)
        {
            if (worker.ConnectionCount < fewest.ConnectionCount) fewest = worker;
        }
        return fewest;
    }

    private ProxyWorker? WithLongestIdle()
    {
        ProxyWorker? longest = null;
        var sinceTicks = long.MaxValue;
        foreach (var worker in workers)
        {
            if (worker.LongestIdleSinceTicks >= sinceTicks) continue;
            (longest, sinceTicks) = (worker, worker.LongestIdleSinceTicks);
        }
        return longest;
    }
}
