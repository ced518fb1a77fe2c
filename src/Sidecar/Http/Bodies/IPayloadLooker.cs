namespace Sidecar.Http.Bodies;

/// <summary>Is shown a body's payload in place as it comes, without framing: to count tokens, or bytes per second. A
/// struct given as a type parameter, so that <see cref="NoLooker"/> costs nothing. Used by one thread.</summary>
internal interface IPayloadLooker
{
    /// <param name="payload">Never empty; valid during the call only.</param>
    void Look(ReadOnlySpan<byte> payload);
}
