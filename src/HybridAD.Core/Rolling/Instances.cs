using HybridAD.Collections;
using HybridAD.Graph;
using HybridAD.Primitives;

namespace HybridAD.Rolling;

/// <summary>
/// Every region in canonical form: the operations in depth-first post-order from its outputs, leaves numbered by first occurrence. Regions of equal form are
/// instances of one kernel and differ in the slots they read and in their literals.
/// </summary>
/// <remarks>
/// A form is a list of numbers: how many outputs; each operation, then its operands as references; the outputs. A literal has no value in a form, unless it
/// decides the structure of the derivative, as an exponent does.
/// </remarks>
internal sealed class Instances
{
    private const int None = -1;

    private readonly LiveFunction _function;
    private readonly Expressions _expressions;
    private readonly NodeMarks _seen;
    private readonly TermRuns _runs;
    private readonly Growing<int> _form = new(1024);
    private readonly Growing<int> _leaves = new(1024);
    private readonly Growing<double> _literals = new(1024);
    private readonly Growing<int> _leafStarts = new(1024);
    private readonly Growing<int> _literalStarts = new(1024);
    private readonly Growing<int> _roots = new(1024);
    private readonly Growing<int> _rootStarts = new(1024);
    private readonly Growing<(int Node, int Next)> _stack = new();
    private readonly FormGuesses _guesses = new();
    private FormPatterns _patterns;
    private double _longestForm;
    private int[]? _outputPlaces;

    public Instances(LiveFunction function, TermRuns runs, NodeMarks seen)
    {
        _function = function;
        _expressions = function.Expressions;
        _runs = runs;
        _seen = seen;
        _patterns = new FormPatterns(function, Forms, seen);
    }

    /// <summary>The distinct forms.</summary>
    public FormTable Forms { get; private set; } = new();

    /// <summary>The form of every region.</summary>
    public int[] FormOf { get; private set; } = [];

    /// <summary>Operations of all regions together.</summary>
    public long OperationCount { get; private set; }

    /// <summary>Operations of the regions that do not repeat.</summary>
    public long UngroupedCount
    {
        get
        {
            var count = 0L;
            for (var form = 0; form < Forms.Count; form++)
                if (Forms.RegionCount(form) < Roller.SmallestGroup)
                    count += (long)Forms.RegionCount(form) * Forms.OperationCount(form);
            return Math.Min(count, _expressions.OperationCount);
        }
    }

    /// <summary>The nodes that a region reads from slots, each once.</summary>
    public ReadOnlySpan<int> Leaves(int region) => Part(_leaves.Items, _leafStarts, region);

    /// <summary>The literals of a region, one for every occurrence.</summary>
    public ReadOnlySpan<double> Literals(int region) =>
        _literals.Items.AsSpan(_literalStarts.Items[region], _literalStarts.Items[region + 1] - _literalStarts.Items[region]);

    /// <summary>The outputs of a region in the order of its form.</summary>
    public ReadOnlySpan<int> Roots(int region) => Part(_roots.Items, _rootStarts, region);

    /// <summary>Brings all regions into their form.</summary>
    /// <returns>False if they have more operations than they may have.</returns>
    public bool Encode(Regions regions, double largestCount)
    {
        Forms = new FormTable();
        _patterns = new FormPatterns(_function, Forms, _seen);
        _guesses.Clear();
        FormOf = new int[regions.Count];
        OperationCount = 0;
        // Where nothing is computed twice, only the sums of runs are added to what there is.
        _longestForm = (double.IsInfinity(largestCount) ? 2.0 * _expressions.OperationCount : largestCount) / Roller.SmallestGroup;
        _leaves.Clear();
        _literals.Clear();
        _roots.Clear();
        _leafStarts.Clear();
        _literalStarts.Clear();
        _rootStarts.Clear();
        for (var region = 0; region < regions.Count; region++)
        {
            _leafStarts.Add(_leaves.Count);
            _literalStarts.Add(_literals.Count);
            _rootStarts.Add(_roots.Count);
            FormOf[region] = Encode(regions, region);
            if (OperationCount > largestCount)
                return false;
        }
        _leafStarts.Add(_leaves.Count);
        _literalStarts.Add(_literals.Count);
        _rootStarts.Add(_roots.Count);
        return true;
    }

    private static ReadOnlySpan<int> Part(int[] items, Growing<int> starts, int region) =>
        items.AsSpan(starts.Items[region], starts.Items[region + 1] - starts.Items[region]);

    private int Encode(Regions regions, int region)
    {
        AddRoots(regions.Roots(region));
        var roots = _roots.Items.AsSpan(_rootStarts.Items[region], _roots.Count - _rootStarts.Items[region]);
        var shape = _expressions.Shape(roots[0]);
        var form = HasRuns(roots) ? None : Guess(shape, regions, region, roots);
        if (form == None)
            form = Write(regions, region, roots);
        else
        {
            Forms.AddRegion(form);
            OperationCount += Forms.OperationCount(form);
        }
        _guesses.Learn(form, shape);
        return form;
    }

    /// <summary>The form of a region if it is one that it is expected to have, or −1.</summary>
    private int Guess(uint shape, Regions regions, int region, ReadOnlySpan<int> roots)
    {
        var following = _guesses.Following(shape);
        if (following != None && _patterns.Matches(following, regions, region, roots, _leaves, _literals))
            return following;
        var latest = _guesses.LatestOf(shape);
        return latest != None && latest != following && _patterns.Matches(latest, regions, region, roots, _leaves, _literals) ? latest : None;
    }

    private bool HasRuns(ReadOnlySpan<int> roots)
    {
        if (_runs.Count > 0)
            foreach (var root in roots)
                if (_runs.RunOf(root) >= 0)
                    return true;
        return false;
    }

    /// <summary>Writes a region.</summary>
    /// <returns>Its form.</returns>
    private int Write(Regions regions, int region, Span<int> roots)
    {
        var nodes = new NodeReader(_function.Trace);
        var leafCount = 0;
        var operationCount = 0;
        _seen.Clear();
        _form.Clear();
        _form.Add(roots.Length);
        foreach (var root in roots)
        {
            if (_seen.Contains(root))
                continue;
            _stack.Push((root, 0));
            while (_stack.Count > 0)
            {
                var (node, next) = _stack.Items[_stack.Count - 1];
                var operands = nodes.Operands(node);
                while (next < operands.Length && !IsToBeWritten(operands[next]))
                    next++;
                if (next < operands.Length)
                {
                    _stack.Items[_stack.Count - 1].Next = next + 1;
                    _stack.Push((operands[next], 0));
                    continue;
                }
                Write(in nodes, node, operands, ref leafCount);
                _seen.Add(node, FormReference.To(FormReference.Operation, operationCount++));
                // What is too long to occur often needs no text to compare it by.
                if (operationCount > _longestForm)
                    _form.Clear();
                _stack.Truncate(_stack.Count - 1);
            }
        }
        var outputs = _runs.Count == 0 ? roots.Length : AddRuns(roots, ref operationCount);
        OperationCount += operationCount;
        if (operationCount > _longestForm)
        {
            _literals.Truncate(_literalStarts.Items[region]);
            return Forms.AddUnique(leafCount, outputs, operationCount);
        }
        _form.Items[0] = outputs;
        foreach (var root in roots[..outputs])
            _form.Add(FormReference.IndexOf(_seen[root]));
        var literalCount = _literals.Count - _literalStarts.Items[region];
        return Forms.Add(_form.Items.AsSpan(0, _form.Count), leafCount, literalCount, outputs, operationCount, outputs < roots.Length);

        bool IsToBeWritten(int operand) => _function.Kinds[operand] == NodeKind.Kernel && !_seen.Contains(operand) && regions.Computes(region, operand);
    }

    /// <summary>Outputs by their shape, then by their place among the function's, so that their order does not depend on that of the nodes.</summary>
    private void AddRoots(ReadOnlySpan<int> roots)
    {
        var start = _roots.Count;
        foreach (var root in roots)
        {
            _roots.Add(root);
            var items = _roots.Items;
            for (var k = _roots.Count - 1; k > start && IsAfter(items[k - 1], items[k]); k--)
                (items[k - 1], items[k]) = (items[k], items[k - 1]);
        }
    }

    private bool IsAfter(int first, int second)
    {
        if (_expressions.Shape(first) != _expressions.Shape(second))
            return _expressions.Shape(first) > _expressions.Shape(second);
        _outputPlaces ??= OutputPlaces();
        return _outputPlaces[first] > _outputPlaces[second];
    }

    private int[] OutputPlaces()
    {
        var places = new int[_function.Trace.NodeCount];
        Array.Fill(places, int.MaxValue);
        for (var k = _function.Outputs.Length - 1; k >= 0; k--)
            places[_function.Outputs[k]] = k;
        return places;
    }

    /// <summary>Adds up the terms of runs. The first term of a run stands for the sum; the others are outputs no longer.</summary>
    /// <returns>The number of outputs that remain, at the start of the roots.</returns>
    private int AddRuns(Span<int> roots, ref int operationCount)
    {
        var kept = 0;
        foreach (var root in roots)
        {
            var run = _runs.RunOf(root);
            if (run >= 0 && _runs.Nodes(run)[0] != root)
                continue;
            roots[kept++] = root;
            if (run >= 0)
                AddRun(run, root, ref operationCount);
        }
        _roots.Truncate(_roots.Count - roots.Length + kept);
        return kept;
    }

    private void AddRun(int run, int leader, ref int operationCount)
    {
        // A common factor is left to the sum that the run is a term of; 1 is common also to factors that have nothing in common.
        var isScaled = _runs.CommonFactor(run) == 1;
        var sum = -1;
        for (var k = 0; k < _runs.Nodes(run).Length; k++)
        {
            var term = FormReference.IndexOf(_seen[_runs.Nodes(run)[k]]);
            if (isScaled && _runs.Factors(run)[k] != 1)
            {
                _form.Add(Op.Mul);
                _form.Add(FormReference.Literal);
                _literals.Add(_runs.Factors(run)[k]);
                _form.Add(FormReference.To(FormReference.Operation, term));
                term = operationCount++;
            }
            if (k > 0)
            {
                _form.Add(Op.Add);
                _form.Add(FormReference.To(FormReference.Operation, sum));
                _form.Add(FormReference.To(FormReference.Operation, term));
                term = operationCount++;
            }
            sum = term;
        }
        _seen.Add(leader, FormReference.To(FormReference.Operation, sum));
    }

    private void Write(in NodeReader nodes, int node, ReadOnlySpan<int> operands, ref int leafCount)
    {
        var operation = nodes.Operations[node];
        _form.Add(operation);
        if (NodeReader.IsListed(operation))
            _form.Add(operands.Length);
        else if (Primitive.ArityOf(operation) == Arity.Parametric)
        {
            var parameters = _function.Trace.ParametersOf(node);
            _form.Add(parameters.Length);
            foreach (var parameter in parameters)
                AddNumber(parameter);
        }
        for (var k = 0; k < operands.Length; k++)
        {
            var operand = operands[k];
            // Everything that the region computes itself has been written before.
            var reference = _seen.Find(operand);
            if (reference >= 0)
                _form.Add(reference);
            else if (_function.Kinds[operand] != NodeKind.Literal)
            {
                reference = FormReference.To(FormReference.Leaf, leafCount++);
                _seen.Add(operand, reference);
                _leaves.Add(operand);
                _form.Add(reference);
            }
            else if (k > 0 && FormReference.IsStructural(operation))
            {
                _form.Add(FormReference.Number);
                AddNumber(_function.LiteralOf(operand));
            }
            else
            {
                _form.Add(FormReference.Literal);
                _literals.Add(_function.LiteralOf(operand));
            }
        }
    }

    private void AddNumber(double value)
    {
        var bits = BitConverter.DoubleToInt64Bits(value);
        _form.Add((int)bits);
        _form.Add((int)(bits >> 32));
    }
}
