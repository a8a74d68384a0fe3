using HybridAD.Errors;
using HybridAD.Execution;
using HybridAD.Execution.Jacobians;
using HybridAD.Planning;
using HybridAD.Plans;
using HybridAD.Sparsity;

namespace HybridAD;

/// <summary>
/// A planned Jacobian, ready to be evaluated many times. Immutable and thread-safe; with a <see cref="Workspace"/> per thread it allocates nothing.
/// </summary>
public sealed class CompiledJacobian
{
    private readonly TracedFunction _function;
    private readonly JacobianPlannerOptions _options;
    private readonly FunctionVariant _planned;
    private readonly JacobianExecutor _executor;

    internal CompiledJacobian(TracedFunction function, JacobianPlannerOptions options)
    {
        _function = function;
        _options = options;
        _planned = function.FirstVariant;
        (Plan, _executor) = _planned.Jacobian(options);
    }

    internal CompiledJacobian(TracedFunction function, JacobianPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        _function = function;
        _options = JacobianPlannerOptions.Default;
        _planned = function.FirstVariant;
        Plan = plan;
        PlanVerifier.Verify(plan, _planned.Compiled.Trace, _planned.Pattern);
        _executor = JacobianExecutor.For(_planned.Compiled, _planned.Pattern, plan.Strategy);
    }

    /// <summary>The plan that is executed; traces recorded later, where a guard flips, are planned on their own.</summary>
    public JacobianPlan Plan { get; }

    /// <summary>The positions of the nonzeros, m × n.</summary>
    public SparsityPattern Pattern => _executor.Pattern;

    /// <summary>Sweeps over the whole graph in one evaluation, several directions at once counted as one; 0 for accumulation by rows.</summary>
    public int SweepCount => _executor.SweepCount;

    /// <summary>J(x) in compressed sparse row form.</summary>
    public CsrMatrix Evaluate(ReadOnlySpan<double> x)
    {
        var workspace = new Workspace();
        var at = Locate(x, workspace);
        var values = new double[at.Executor.Pattern.NonzeroCount];
        at.Executor.Evaluate(at.Slots, values, workspace);
        return new CsrMatrix(at.Executor.Pattern, values);
    }

    /// <summary>J(x) into <paramref name="result"/>, m·n numbers row by row.</summary>
    public void Evaluate(ReadOnlySpan<double> x, Span<double> result, Workspace? workspace = null)
    {
        CheckDense(result.Length);
        workspace ??= new Workspace();
        EvaluateDense(Locate(x, workspace), result, workspace);
    }

    /// <summary>F(x) into <paramref name="y"/> (m numbers) and J(x) into <paramref name="result"/> (m·n numbers row by row).</summary>
    public void ValueAndEvaluate(ReadOnlySpan<double> x, Span<double> y, Span<double> result, Workspace? workspace = null)
    {
        CheckDense(result.Length);
        workspace ??= new Workspace();
        var at = Locate(x, workspace);
        at.Variant.Compiled.ReadOutputs(at.Slots, y);
        EvaluateDense(at, result, workspace);
    }

    /// <summary>The nonzeros of J(x), in the order of <see cref="Pattern"/>, into <paramref name="values"/>.</summary>
    /// <exception cref="HybridAdException">At this point another branch is taken whose Jacobian has nonzeros outside the pattern (HAD2006).</exception>
    public void EvaluateSparse(ReadOnlySpan<double> x, Span<double> values, Workspace? workspace = null)
    {
        Throw.IfLengthDiffers(values.Length, Pattern.NonzeroCount, nameof(values), "one number per structural nonzero");
        workspace ??= new Workspace();
        EvaluateSparse(Locate(x, workspace), values, workspace);
    }

    /// <summary>F(x) into <paramref name="y"/> and the nonzeros of J(x), in the order of <see cref="Pattern"/>, into <paramref name="values"/>.</summary>
    /// <exception cref="HybridAdException">At this point another branch is taken whose Jacobian has nonzeros outside the pattern (HAD2006).</exception>
    public void ValueAndEvaluateSparse(ReadOnlySpan<double> x, Span<double> y, Span<double> values, Workspace? workspace = null)
    {
        Throw.IfLengthDiffers(values.Length, Pattern.NonzeroCount, nameof(values), "one number per structural nonzero");
        workspace ??= new Workspace();
        var at = Locate(x, workspace);
        at.Variant.Compiled.ReadOutputs(at.Slots, y);
        EvaluateSparse(at, values, workspace);
    }

    private TracedFunction.Evaluation<JacobianExecutor> Locate(ReadOnlySpan<double> x, Workspace workspace) =>
        _function.Evaluate(x, workspace, this, static (variant, self) =>
            ReferenceEquals(variant, self._planned) ? self._executor : variant.Jacobian(self._options).Executor);

    private void CheckDense(int length) =>
        Throw.IfLengthDiffers(length, checked(_function.OutputCount * _function.InputCount), "result", "outputs times inputs");

    private static void EvaluateDense(TracedFunction.Evaluation<JacobianExecutor> at, Span<double> result, Workspace workspace)
    {
        var pattern = at.Executor.Pattern;
        if (pattern.NonzeroCount == result.Length)
        {
            at.Executor.Evaluate(at.Slots, result, workspace);
            return;
        }
        var entries = workspace.Entries(pattern.NonzeroCount);
        at.Executor.Evaluate(at.Slots, entries, workspace);
        result.Clear();
        var columns = pattern.Columns;
        for (var row = 0; row < pattern.RowCount; row++)
        {
            var line = result.Slice(row * pattern.ColumnCount, pattern.ColumnCount);
            for (var k = pattern.RowStarts[row]; k < pattern.RowStarts[row + 1]; k++)
                line[columns[k]] = entries[k];
        }
    }

    private void EvaluateSparse(TracedFunction.Evaluation<JacobianExecutor> at, Span<double> values, Workspace workspace)
    {
        if (ReferenceEquals(at.Executor.Pattern, Pattern))
        {
            at.Executor.Evaluate(at.Slots, values, workspace);
            return;
        }
        var pattern = at.Executor.Pattern;
        var entries = workspace.Entries(pattern.NonzeroCount);
        at.Executor.Evaluate(at.Slots, entries, workspace);
        values.Clear();
        for (var row = 0; row < pattern.RowCount; row++)
            for (var k = pattern.RowStarts[row]; k < pattern.RowStarts[row + 1]; k++)
            {
                var position = Pattern.Row(row).BinarySearch(pattern.Columns[k]);
                if (position < 0)
                    throw new HybridAdException(ErrorCodes.PatternChanged,
                        $"At this point the function takes another branch, on which output {row} depends on input {pattern.Columns[k]}; "
                        + "that position is not in the pattern of the compiled Jacobian. Use the dense form, or SparseJacobian(x), which returns its own pattern.");
                values[Pattern.RowStarts[row] + position] = entries[k];
            }
    }
}
