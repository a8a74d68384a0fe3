namespace HybridAD.Problems;

/// <summary>Every problem, by its short name.</summary>
public static class AllProblems
{
    private static readonly Dictionary<string, Func<Problem>> s_plain = new()
    {
        ["a"] = () => SimpleExpression.Problem,
        ["b"] = () => RobotArm.Problem,
        ["c"] = () => HeartDipole.Problem,
        ["d"] = () => RoeFlux.Problem,
        ["i"] = () => MultilayerPerceptron.Problem,
    };

    private static readonly Dictionary<char, Func<int, Problem>> s_sized = new()
    {
        ['e'] = Brusselator.OfSide,
        ['f'] = Bratu.OfSide,
        ['g'] = BundleAdjustment.OfObservations,
        ['h'] = NarrowWaist.OfSize,
        ['j'] = Rosenbrock.OfSize,
        ['k'] = Lorenz96.OfSize,
    };

    /// <summary>The names of the problems whose results are known.</summary>
    public static IReadOnlyList<string> WithReference { get; } =
        ["a", "b", "c", "d", "e32", "e128", "f32", "f256", "g100", "g10000", "h100", "h1000", "i", "j1000000", "k40", "k1000"];

    /// <summary>The problem of that name: a letter, and its size where it has one.</summary>
    public static Problem Named(string name) =>
        s_plain.TryGetValue(name, out var plain) ? plain() : s_sized[name[0]](int.Parse(name.AsSpan(1), System.Globalization.CultureInfo.InvariantCulture));
}
