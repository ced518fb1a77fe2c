using Sidecar.Engines.Pages;

namespace Sidecar.Engines;

/// <summary>What a model server told of itself when it was asked.</summary>
/// <param name="Returns">How often it had come back by then.</param>
/// <param name="Size">How many requests it works on at once; 0 where it does not say.</param>
/// <param name="Figures">Of its page; null where there is none.</param>
/// <param name="AskedTicks">When the page was asked for.</param>
internal readonly record struct PageLook(int Returns, int Size, EngineFigures? Figures, long AskedTicks);
