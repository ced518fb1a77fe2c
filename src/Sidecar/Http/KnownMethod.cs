namespace Sidecar.Http;

/// <summary>The request methods that are told apart; every other token is <see cref="Other"/>.</summary>
public enum KnownMethod : byte
{
    Other,
    Get,
    Head,
    Post,
    Put,
    Delete,
    Patch,
    Options,
    Trace,
    Connect,
}
