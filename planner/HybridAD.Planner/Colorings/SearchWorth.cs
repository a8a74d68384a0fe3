namespace HybridAD.Planning.Colorings;

/// <summary>How long a search for fewer colours is worth while: for nearly dense patterns walks are long, and there is little to be saved.</summary>
internal static class SearchWorth
{
    private const double MostSeconds = 0.25;

    /// <summary>What visiting an entry takes in a star colouring; a fixed price, so that the result does not depend on how fast the machine is.</summary>
    private const double SecondsPerVisit = 5e-9;

    /// <summary>Visited entries for a search that may make every evaluation shorter by some seconds.</summary>
    public static long Visits(double savedSeconds) =>
        (long)(Math.Min(JacobianPlannerOptions.PlanningShare * JacobianPlannerOptions.Default.Evaluations * savedSeconds, MostSeconds) / SecondsPerVisit);
}
