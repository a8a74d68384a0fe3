using System.Globalization;

namespace HybridAD.Bench.Targets;

/// <summary>What a benchmark has to show, and what it measured.</summary>
internal sealed class TargetList
{
    private readonly List<Target> _targets = [];

    /// <summary>The targets in the order in which they were measured.</summary>
    public IReadOnlyList<Target> All => _targets;

    /// <summary>Adds a target.</summary>
    /// <param name="what">What is measured.</param>
    /// <param name="measured">The figure; null where it cannot be measured on this machine.</param>
    /// <param name="most">What it may be at most.</param>
    /// <param name="unit">The unit; empty for ratios.</param>
    public void AtMost(string what, double? measured, double most, string unit = "") => _targets.Add(new(what, measured, most, unit));

    /// <summary>Adds a target, and a line with it to a table of targets.</summary>
    public string LineAtMost(string what, double measured, double most)
    {
        AtMost(what, measured, most);
        return string.Create(CultureInfo.InvariantCulture, $"| {what} | {measured:F2} | {(measured <= most ? "yes" : "no")} |");
    }
}

/// <summary>A target and what was measured.</summary>
/// <param name="What">What is measured.</param>
/// <param name="Measured">The figure; null where it cannot be measured on this machine.</param>
/// <param name="Most">What it may be at most.</param>
/// <param name="Unit">The unit; empty for ratios.</param>
internal sealed record Target(string What, double? Measured, double Most, string Unit)
{
    /// <summary>Whether it is met; null where nothing was measured.</summary>
    public bool? IsMet => Measured is { } measured ? measured <= Most : null;
}
