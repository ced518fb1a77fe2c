namespace Sidecar.Http.Bodies;

/// <summary>
/// Who is shown the payload of a body, without framing, as it comes and where it lies: to count tokens, or bytes per
/// second. A struct, given as a type parameter, so that <see cref="NoLooker"/> costs nothing. Used by one thread.
/// </summary>
internal interface IPayloadLooker
{
    /// <param name="payload">Never empty; valid during the call.</param>
    void Look(ReadOnlySpan<byte> payload);
}
