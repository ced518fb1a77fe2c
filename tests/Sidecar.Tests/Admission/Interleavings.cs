namespace Sidecar.Tests.Admission;

/// <summary>
/// Runs a scenario in every order that its actors' steps can be taken in. An actor yields, before each atomic step,
/// the condition under which it can take it. Scenarios are built anew for each order, and all randomness is out.
/// </summary>
internal static class Interleavings
{
    /// <summary>How many orders there were. Throws with the order's number where one ends with an actor stuck.</summary>
    /// <param name="build">Makes the actors and the check of how it ended.</param>
    public static int Explore(Func<(IEnumerable<Func<bool>>[] Actors, Action Check)> build)
    {
        var orders = 0;
        // The choices of the order at hand, and how many there were at each step.
        var choices = new List<int>();
        var widths = new List<int>();
        while (true)
        {
            RunOne(build, choices, widths);
            orders++;
            while (choices.Count > 0 && choices[^1] + 1 >= widths[^1])
            {
                choices.RemoveAt(choices.Count - 1);
                widths.RemoveAt(widths.Count - 1);
            }
            if (choices.Count == 0) return orders;
            choices[^1]++;
        }
    }

    private static void RunOne(
        Func<(IEnumerable<Func<bool>>[] Actors, Action Check)> build, List<int> choices, List<int> widths)
    {
        var (actors, check) = build();
        var running = actors.Select(a => a.GetEnumerator()).Where(a => a.MoveNext()).ToList();
        for (var step = 0; running.Count > 0; step++)
        {
            var able = running.Where(a => a.Current()).ToList();
            if (able.Count == 0) throw new InvalidOperationException($"stuck: {string.Join(',', choices)}");
            if (step == choices.Count)
            {
                choices.Add(0);
                widths.Add(able.Count);
            }
            var next = able[choices[step]];
            if (!next.MoveNext()) running.Remove(next);
        }
        check();
    }
}
