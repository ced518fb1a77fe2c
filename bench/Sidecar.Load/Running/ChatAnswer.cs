namespace Sidecar.Load.Running;

/// <summary>How one answer came.</summary>
/// <param name="Status">HTTP status, or <see cref="ClassTally.Lost"/>.</param>
/// <param name="Tokens">As the model server counted them, else as many as came.</param>
/// <param name="FirstTokenTicks">When the first token was here, on the run's clock; 100 ns.</param>
/// <param name="EndTicks">When the answer was whole.</param>
public readonly record struct ChatAnswer(int Status, long Tokens, long FirstTokenTicks, long EndTicks);
