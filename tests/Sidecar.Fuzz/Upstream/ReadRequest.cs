namespace Sidecar.Fuzz.Upstream;

/// <summary>One request as somebody has read it; readers are compared by these.</summary>
/// <param name="Method">As sent.</param>
/// <param name="Target">As the model server gets it: in origin form.</param>
/// <param name="BodyLength">Without framing.</param>
/// <param name="Digest">SHA-256 of the body; empty where a reader does not tell.</param>
internal readonly record struct ReadRequest(string Method, string Target, long BodyLength, string Digest = "");
