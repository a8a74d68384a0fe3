using HybridAD.Blocks;
using HybridAD.Blocks.Adjoints;
using HybridAD.Collections;
using HybridAD.Elimination;
using HybridAD.Graph;
using HybridAD.Linearization;
using HybridAD.Planning.Costs;
using HybridAD.Planning.Estimates;
using HybridAD.Plans;
using HybridAD.Rolling;
using HybridAD.Rolling.Recurrences;
using HybridAD.Sparsity;

namespace HybridAD.Planning.Candidates;

/// <summary>
/// How a Hessian is compiled: as the Jacobian of the gradient in blocks, as products with directions that are instances of one kernel, direction by direction over the blocks of the gradient, or with some
/// directions at once body by body, where the function does one thing after the other. All are priced
/// before anything is written, and what takes least with its share of compiling is chosen, if it is less than the interpreter takes.
/// </summary>
internal sealed class HessianWays
{
    /// <summary>Inputs that all slots together may depend on; where there are more, columns one after the other are better.</summary>
    private const long MostColumns = 20_000_000;

    /// <summary>Blocks of a gradient that is differentiated: products between more, which pass rows on from each to the next, take seconds to assemble, and longer than the interpreter's sweeps.</summary>
    private const int MostBlocks = 256;

    /// <summary>The share of what the interpreter takes that the steps of a composed program may be priced at: where they are many and small they take up to twice that.</summary>
    private const double ShareOfSteps = 0.6;

    /// <summary>By how much too dear a composed program may be priced before its steps are known.</summary>
    private const double RoughnessOfComposed = 5;

    /// <summary>What its steps are priced at, of what they take.</summary>
    private const double RoughnessOfSteps = 1.5;

    /// <summary>Operations of a function of which products with directions are looked at: their code has some for each.</summary>
    private const int MostDirected = 16_000;

    /// <summary>Where there are fewer, that takes a moment; of more only if products might take much less than the best until then.</summary>
    private const int FewDirected = 4_000;

    /// <summary>About the least that an operation takes in the products with as many directions as are computed together, in nanoseconds.</summary>
    private const double DirectedOperation = 1.2;

    /// <summary>Much less: the share of the best until then.</summary>
    private const double MuchLess = 0.6;

    /// <summary>Code of a sweep, of that for values.</summary>
    private const double SweepCodeFactor = 3;

    /// <summary>What a sweep of straight-line code takes, of what its values are priced at, where other ways take half of their prices.</summary>
    private const double StraightSweepFactor = 3;

    /// <summary>What finding an entry among the products takes, in nanoseconds: one triangle goes through all of their rows.</summary>
    private const double PlacedEntry = 1;

    /// <summary>Numbers of all products together.</summary>
    private const long MostProducts = 1 << 22;

    /// <summary>The share of what the interpreter takes that is worth compiling for: prices are not closer than that, least of all those of sweeps over many small blocks.</summary>
    private const double WorthwhileShare = 0.9, WorthwhileShareOfSweeps = 0.7;

    private readonly List<HessianWay> _ways = [];

    private HessianWays(double interpreted) => Interpreted = interpreted;

    /// <summary>What an evaluation by the interpreter takes, in nanoseconds.</summary>
    public double Interpreted { get; }

    /// <summary>What takes less than the interpreter, as far as that can be known, the best with its share of compiling first.</summary>
    public IEnumerable<HessianWay> Worthwhile =>
        _ways.Where(way => way.Nanoseconds <= (way is SweptWay ? WorthwhileShareOfSweeps : WorthwhileShare) * Interpreted).OrderBy(static way => way.WithSetup);

    /// <summary>The best of these; null where there is none.</summary>
    public HessianWay? Best => Worthwhile.FirstOrDefault();

    /// <summary>
    /// The ways to write, in turn: the best first, and if it turns out to take longer once it has been written the next one. Before it comes the gradient differentiated, where the best are sweeps: of
    /// many instances it is priced at up to five times of what it takes, until its steps are known.
    /// </summary>
    public IEnumerable<HessianWay> InTurn =>
        Best is SweptWay or RecurrentWay && _ways.OfType<ComposedWay>().FirstOrDefault() is { } composed && composed.WithSetup < RoughnessOfComposed * Best.WithSetup ? Worthwhile.Prepend(composed).Distinct() : Worthwhile;

    /// <summary>What the steps of a composed program may be priced at, in nanoseconds, to be better than other ways.</summary>
    public double MostOfSteps => Worthwhile.Where(static way => way is not ComposedWay).Select(static way => RoughnessOfSteps * way.Nanoseconds).Append(ShareOfSteps * Interpreted).Min();

    /// <summary>
    /// The seconds to spend by the interpreter until compiling is worth it: what is saved by then, were it compiled, is what compiling takes. Infinite where nothing is saved.
    /// </summary>
    public double SecondsUntilWorth => Best is { } best ? 1e-9 * best.SetupNanoseconds / (1 - best.Nanoseconds / Interpreted) : double.PositiveInfinity;

    /// <summary>Looks at all four ways.</summary>
    /// <param name="graph">The function in blocks, if it has some.</param>
    /// <param name="lowered">The function, once steps are lowered.</param>
    /// <param name="strategy">The directions.</param>
    /// <param name="function">The function as the interpreter has it.</param>
    /// <param name="sweeps">What the sweeps of the interpreter take, in nanoseconds.</param>
    public static HessianWays Of(BlockGraph? graph, Trace lowered, HessianStrategy strategy, LinearizedGraph function, double sweeps)
    {
        var ways = new HessianWays(CommonCost.Of(function).Nanoseconds(CostProfile.Default) + sweeps);
        if (graph is not null && AdjointGraph.Of(graph) is { } gradient && FunctionBlocks.IsShortEnough(gradient))
        {
            ways.LookAtGradient(gradient);
            ways.LookAtSweeps(gradient, strategy);
        }
        if (CompiledRecurrences.MayBe(graph) && FunctionBlocks.HasSteps(lowered) && RecurrenceFinder.Find(lowered) is { } bodies)
            ways.LookAtBodies(bodies, strategy);
        ways.LookAtProducts(lowered, strategy);
        return ways;
    }

    private void LookAtGradient(BlockGraph gradient)
    {
        if (gradient.Blocks.Length > MostBlocks || BlockSparsity.Detect(gradient, MostColumns) is not { } found)
            return;
        var kernels = new BlockKernels(gradient);
        var orders = new KernelOrder[kernels.Count];
        var left = (long)BlockCost.MostStraightSteps;
        for (var k = 0; k < orders.Length; k++)
        {
            var block = kernels.FirstBlockOf(k);
            var linearized = LinearizedGraph.Of(block.Kernel, block.LeafCount);
            var pattern = JacobianSparsity.Detect(linearized);
            if (AccumulationBuilder.Build(linearized, pattern, [], left) is not { } program)
                return;
            left -= block.InstanceCount == 1 ? program.InstructionCount : 0;
            orders[k] = new KernelOrder(new AccumulationStrategy([]) { Program = program }, "reverse-rows", program.InstructionCount, new PlanningProblem(linearized, pattern, JacobianPlannerOptions.Default));
        }
        var problem = new PlanningProblem(new MadeOnce<LinearizedGraph>(() => throw new InvalidOperationException("A gradient in blocks has no trace.")), found, JacobianPlannerOptions.Default);
        var cost = BlockCost.Of(problem, gradient, orders, gradient.Uses);
        if (cost.IsTooLong)
            return;
        _ways.Add(new ComposedWay(cost.Work.Nanoseconds(problem.Profile), 1e9 * cost.SetupSeconds, gradient, found, block => orders[kernels.NumberOf(block)].Strategy));
    }

    private void LookAtSweeps(BlockGraph gradient, HessianStrategy strategy)
    {
        // Values are priced for graphs of many small blocks. Where there are few, as here, sweeps with values and tangents were measured at a quarter to two thirds of that; straight-line code at nearly twice.
        var cost = BlockValuesCost.Of(gradient, CostProfile.Default);
        var nanoseconds = strategy.ColorCount * (cost.Nanoseconds + (StraightSweepFactor - 1) * cost.StraightNanoseconds) + PlacedEntry * strategy.SourceRows.Length;
        _ways.Add(new SweptWay(nanoseconds, SweepCodeFactor * cost.SetupNanoseconds, gradient));
    }

    private void LookAtBodies(RecurrenceSegment[] bodies, HessianStrategy strategy)
    {
        if (RecurrentProducts.Of(bodies, strategy, CostProfile.Default) is var (nanoseconds, setup))
            _ways.Add(new RecurrentWay(nanoseconds, setup, bodies));
    }

    private void LookAtProducts(Trace lowered, HessianStrategy strategy)
    {
        if (lowered.OperationCount > (MayTakeMuchLess(lowered, strategy) ? MostDirected : FewDirected) || (long)lowered.InputCount * strategy.ColorCount > MostProducts || !FunctionBlocks.HasSteps(lowered)
            || DirectedHessian.Of(FunctionBlocks.WithoutGuards(lowered, asOutputs: false), strategy.Colors.AsSpan(), strategy.ColorCount) is not { } directed)
            return;
        var cost = BlockValuesCost.Of(directed.Graph, CostProfile.Default);
        _ways.Add(new DirectedWay(cost.Nanoseconds + PlacedEntry * strategy.SourceRows.Length, cost.SetupNanoseconds, directed));
    }

    private bool MayTakeMuchLess(Trace lowered, HessianStrategy strategy) =>
        DirectedOperation * lowered.OperationCount * ((strategy.ColorCount + KernelCost.Lanes - 1) / KernelCost.Lanes)
            < MuchLess * Math.Min(_ways.Count == 0 ? double.PositiveInfinity : _ways.MinBy(static way => way.WithSetup)!.Nanoseconds, Interpreted);
}

/// <summary>A way to compile a Hessian.</summary>
/// <param name="Nanoseconds">What an evaluation takes, as far as that can be known.</param>
/// <param name="SetupNanoseconds">What compiling takes.</param>
internal abstract record HessianWay(double Nanoseconds, double SetupNanoseconds)
{
    /// <summary>What an evaluation takes with its share of compiling.</summary>
    public double WithSetup => Nanoseconds + SetupNanoseconds / JacobianPlannerOptions.Default.Evaluations;
}

/// <summary>The gradient is differentiated.</summary>
/// <param name="Nanoseconds">What an evaluation takes.</param>
/// <param name="SetupNanoseconds">What compiling takes.</param>
/// <param name="Gradient">Its blocks.</param>
/// <param name="Pattern">Its nonzeros.</param>
/// <param name="StrategyOf">How every kernel is differentiated.</param>
internal sealed record ComposedWay(double Nanoseconds, double SetupNanoseconds, BlockGraph Gradient, SparsityPattern Pattern, Func<KernelBlock, JacobianStrategy?> StrategyOf)
    : HessianWay(Nanoseconds, SetupNanoseconds);

/// <summary>The gradient is swept over direction by direction.</summary>
/// <param name="Nanoseconds">What an evaluation takes.</param>
/// <param name="SetupNanoseconds">What compiling takes.</param>
/// <param name="Gradient">Its blocks.</param>
internal sealed record SweptWay(double Nanoseconds, double SetupNanoseconds, BlockGraph Gradient) : HessianWay(Nanoseconds, SetupNanoseconds);

/// <summary>The bodies of a function that does one thing after the other are swept over with some directions at once.</summary>
/// <param name="Nanoseconds">What an evaluation takes.</param>
/// <param name="SetupNanoseconds">What compiling takes.</param>
/// <param name="Bodies">The bodies, once steps are lowered.</param>
internal sealed record RecurrentWay(double Nanoseconds, double SetupNanoseconds, RecurrenceSegment[] Bodies) : HessianWay(Nanoseconds, SetupNanoseconds);

/// <summary>Products with directions are instances of one kernel.</summary>
/// <param name="Nanoseconds">What an evaluation takes.</param>
/// <param name="SetupNanoseconds">What compiling takes.</param>
/// <param name="Directed">The products.</param>
internal sealed record DirectedWay(double Nanoseconds, double SetupNanoseconds, DirectedHessian Directed) : HessianWay(Nanoseconds, SetupNanoseconds);
