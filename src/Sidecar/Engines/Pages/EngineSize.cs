using System.Text.Json;

namespace Sidecar.Engines.Pages;

/// <summary>
/// How many requests a model server works on at once, where it says so by itself: llama.cpp's <c>/props</c>. Pure.
/// </summary>
internal static class EngineSize
{
    internal const string Path = "/props";

    private const int Max = 100_000;

    /// <summary>0 where it does not say.</summary>
    internal static int Of(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.PropertyName) continue;
                if (!reader.ValueTextEquals("total_slots"u8)) continue;
                reader.Read();
                return reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var size)
                    && size is > 0 and <= Max ? size : 0;
            }
        }
        catch (JsonException)
        {
            // Some other page lies at that path.
        }
        return 0;
    }
}
