using HybridAD.Collections;
using HybridAD.Graph;
using HybridAD.Rolling.Nodes;

namespace HybridAD.Rolling.Sums;

/// <summary>
/// Terms of a long sum that belong together, as those which the statements <c>s += A; s += B</c> of one loop add: neighbours of different shapes that read common
/// nodes. Each run becomes one result of a kernel, so that it adds to an entry of the Jacobian once.
/// </summary>
internal sealed class TermRuns
{
    private const int MostTerms = 8;
    private const int MostNodes = 128;

    /// <summary>A node with more users is a value that terms read, not a part of them.</summary>
    private const int MostUses = 8;

    private const int None = -1;

    private readonly LiveFunction _function;
    private readonly Expressions _expressions;
    private readonly NodeMarks _seen;
    private readonly Growing<int> _stack;
    private readonly Growing<int> _starts;
    private readonly Growing<int> _nodes;
    private readonly Growing<double> _factors;
    private readonly Growing<bool> _active;
    private int[]? _runOf;
    private int _visited;

    public TermRuns(LiveFunction function, LinearSums sums, NodeMarks seen)
    {
        _function = function;
        _expressions = function.Expressions;
        _seen = seen;
        var scratch = function.Scratch;
        (_starts, _nodes, _stack) = (new Growing<int>(scratch.Ints), new Growing<int>(scratch.Ints), new Growing<int>(scratch.Ints));
        (_factors, _active) = (new Growing<double>(scratch.Doubles), new Growing<bool>(scratch.Bools));
        for (var sum = 0; sum < sums.Count; sum++)
            if (sums.Terms(sum).Length >= Expressions.Long)
                Find(sums.Terms(sum), sums.Factors(sum));
        _starts.Add(_nodes.Count);
    }

    /// <summary>Number of runs.</summary>
    public int Count => _active.Count;

    /// <summary>Number of terms of all runs.</summary>
    public int TermCount => _nodes.Count;

    /// <summary>The terms of a run; the first stands for all.</summary>
    public ReadOnlySpan<int> Nodes(int run) => _nodes.Items.AsSpan(_starts.Items[run], _starts.Items[run + 1] - _starts.Items[run]);

    public bool IsActive(int run) => _active.Items[run];

    public void Dissolve(int run) => _active.Items[run] = false;

    /// <summary>The active run that a term belongs to, or −1.</summary>
    public int RunOf(int node) => _runOf is not null && _runOf[node] is var run && run != None && _active.Items[run] ? run : None;

    /// <summary>The factor that all terms of a run have in common, or 1 where they are different.</summary>
    public double CommonFactor(int run)
    {
        var factors = Factors(run);
        foreach (var factor in factors)
            if (factor != factors[0])
                return 1;
        return factors[0];
    }

    public ReadOnlySpan<double> Factors(int run) => _factors.Items.AsSpan(_starts.Items[run], _starts.Items[run + 1] - _starts.Items[run]);

    private void Find(ReadOnlySpan<int> terms, ReadOnlySpan<double> factors)
    {
        for (var first = 0; first < terms.Length;)
        {
            var next = first + 1;
            if (next < terms.Length && CanJoin(terms[first]) && CanJoin(terms[next]) && _expressions.Shape(terms[first]) != _expressions.Shape(terms[next]))
            {
                _seen.Clear();
                _visited = 0;
                if (ReadsCommon(terms[first]) >= 0)
                    while (next < terms.Length && next - first < MostTerms && CanJoin(terms[next]) && IsNew(terms[first..next], terms[next])
                        && ReadsCommon(terms[next]) > 0)
                        next++;
            }
            if (next > first + 1)
                AddRun(terms[first..next], factors[first..next]);
            first = next;
        }
    }

    private bool CanJoin(int node) => _function.Kinds[node] == NodeKind.Kernel && _function.Uses[node] == 1;

    private bool IsNew(ReadOnlySpan<int> run, int node)
    {
        foreach (var other in run)
            if (_expressions.Shape(other) == _expressions.Shape(node))
                return false;
        return true;
    }

    /// <summary>Visits what a term reads.</summary>
    /// <returns>How much of it the earlier terms read too; −1 if the term is too large for a run.</returns>
    private int ReadsCommon(int term)
    {
        var nodes = new NodeReader(_function.Trace);
        var (common, before) = (0, _visited);
        _stack.Clear();
        _stack.Push(term);
        while (_stack.TryPop(out var node))
        {
            foreach (var operand in nodes.Operands(node))
            {
                var kind = _function.Kinds[operand];
                if (kind == NodeKind.Literal)
                    continue;
                if (_seen.Contains(operand))
                {
                    common += _seen[operand] < before ? 1 : 0;
                    continue;
                }
                if (_visited - before > MostNodes)
                    return -1;
                _seen.Add(operand, _visited++);
                if (kind == NodeKind.Kernel && _function.Uses[operand] <= MostUses)
                    _stack.Push(operand);
            }
        }
        return common;
    }

    private void AddRun(ReadOnlySpan<int> terms, ReadOnlySpan<double> factors)
    {
        if (_runOf is null)
        {
            _runOf = _function.Scratch.Ints.Rent(_function.Trace.NodeCount);
            Array.Fill(_runOf, None, 0, _function.Trace.NodeCount);
        }
        _starts.Add(_nodes.Count);
        for (var k = 0; k < terms.Length; k++)
        {
            _runOf[terms[k]] = Count;
            _nodes.Add(terms[k]);
            _factors.Add(factors[k]);
        }
        _active.Add(true);
    }
}
