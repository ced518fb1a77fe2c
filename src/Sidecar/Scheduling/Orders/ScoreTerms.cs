namespace Sidecar.Scheduling.Orders;

/// <summary>The three terms of a score, as people read them: higher sums go first, the rate counts against.</summary>
internal readonly record struct ScoreTerms(double Wait, double Criticality, double Rate)
{
    public double Score => Wait + Criticality - Rate;
}
