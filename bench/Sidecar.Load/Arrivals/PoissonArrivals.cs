namespace Sidecar.Load.Arrivals;

/// <summary>Independent users: exponential gaps of mean 1/rate, classes drawn by their shares. Pure: the same seed
/// makes the same plan.</summary>
public static class PoissonArrivals
{
    /// <param name="perSecond">Mean rate of all classes together.</param>
    /// <param name="seconds">Arrivals end here; requests may end later.</param>
    public static ArrivalPlan Plan(
        RequestClass[] classes, double perSecond, double seconds, int promptTokens, int answerTokens, int seed)
    {
        var random = new Random(seed);
        List<Arrival> arrivals = [];
        // Inverse of the exponential distribution; 1 - u keeps the logarithm finite.
        double Gap() => -Math.Log(1 - random.NextDouble()) / perSecond;
        for (var at = Gap(); at < seconds && arrivals.Count <= ArrivalPlan.CountMax; at += Gap())
            arrivals.Add(new Arrival(
                (long)(at * TimeSpan.TicksPerSecond), Draw(classes, random.NextDouble()), promptTokens, answerTokens));
        return new ArrivalPlan(classes, arrivals);
    }

    private static int Draw(RequestClass[] classes, double at)
    {
        for (var i = 0; i < classes.Length - 1; i++)
        {
            at -= classes[i].Share;
            if (at < 0) return i;
        }
        return classes.Length - 1;
    }
}
