using HybridAD.Errors;
using HybridAD.Planning.Costs;

namespace HybridAD;

/// <summary>What a user may ask of the planner.</summary>
public sealed record JacobianPlannerOptions
{
    /// <summary>What planning may take of the time that it may save.</summary>
    internal const double PlanningShare = 0.05;

    /// <summary>Everything at its default.</summary>
    public static JacobianPlannerOptions Default { get; } = new();

    /// <summary>The mode to use, or <see cref="JacobianMode.Auto"/> for the cheapest.</summary>
    /// <exception cref="HybridAdArgumentException">HAD1004: no mode.</exception>
    public JacobianMode Mode { get; init => field = Throw.IfUndefined(value, nameof(Mode)); }

    /// <summary>What evaluates the plan: an interpreter, compiled kernels, or each where it pays.</summary>
    /// <exception cref="HybridAdArgumentException">HAD1004: no engine.</exception>
    public Engine Engine { get; init => field = Throw.IfUndefined(value, nameof(Engine)); }

    /// <summary>What steps cost on this machine.</summary>
    /// <exception cref="ArgumentNullException">It is null.</exception>
    public CostProfile Profile
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value, nameof(Profile));
            field = value;
        }
    } = CostProfile.Default;

    /// <summary>
    /// How often the Jacobian will be evaluated, as far as is known: planning takes no more than 5 % of the time that it may save. Where nothing is compiled for so many and evaluating has taken
    /// longer than compiling would, it is planned once more, for ten times as many as there were, unless <see cref="Mode"/> or <see cref="Engine"/> are given. With <see cref="Engine.Compiled"/> straight-line
    /// code is weighed for a million at least, unless fewer than the usual number are said; with <see cref="Engine.Auto"/> when so many evaluations have been that this would have paid.
    /// </summary>
    /// <exception cref="HybridAdArgumentException">HAD1004: negative or NaN.</exception>
    public double Evaluations { get; init => field = Throw.IfNegativeOrNaN(value, nameof(Evaluations)); } = 30_000;

    /// <summary>
    /// Seconds that the search for an elimination order may take, on a machine like the one the default prices were measured on; null for what
    /// <see cref="Evaluations"/> makes worth while, but no more than a second. The same seconds give the same plan everywhere.
    /// </summary>
    /// <exception cref="HybridAdArgumentException">HAD1004: negative or NaN.</exception>
    public double? SearchSeconds { get; init => field = value is { } seconds ? Throw.IfNegativeOrNaN(seconds, nameof(SearchSeconds)) : null; }

    /// <summary>
    /// Bytes of working memory that an evaluation may take, and the program of an accumulation with it. Where keeping all values takes more, they are computed
    /// again, segment by segment.
    /// </summary>
    /// <exception cref="HybridAdArgumentException">HAD1004: negative.</exception>
    public long MemoryLimit
    {
        get;
        init
        {
            if (value < 0)
                Throw.OutOfRange(nameof(MemoryLimit), value, "0 or more");
            field = value;
        }
    } = 8L << 30;
}
