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
    private readonly LiveFunction _function;
    private readonly StructuralHashes _hashes;
    private readonly int[] _places;
    private readonly int[] _marks;
    private readonly Growing<int> _form = new(1024);
    private readonly Growing<int> _leaves = new(1024);
    private readonly Growing<double> _literals = new(1024);
    private readonly Growing<int> _leafStarts = new(1024);
    private readonly Growing<int> _literalStarts = new(1024);
    private readonly Growing<int> _roots = new(1024);
    private readonly Growing<int> _rootStarts = new(1024);
    private readonly Growing<int> _stack = new();
    private readonly Growing<int> _progress = new();
    private int _mark;

    public Instances(LiveFunction function, StructuralHashes hashes)
    {
        _function = function;
        _hashes = hashes;
        _places = new int[function.Trace.NodeCount];
        _marks = new int[function.Trace.NodeCount];
    }

    /// <summary>The distinct forms.</summary>
    public FormTable Forms { get; private set; } = new();

    /// <summary>The form of every region.</summary>
    public int[] FormOf { get; private set; } = [];

    /// <summary>Operations of all regions together.</summary>
    public long OperationCount { get; private set; }

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
        FormOf = new int[regions.Count];
        OperationCount = 0;
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
        var nodes = new NodeReader(_function.Trace);
        var leafCount = 0;
        var operationCount = 0;
        _mark++;
        _form.Clear();
        AddRoots(regions.Roots(region));
        var roots = _roots.Items.AsSpan(_rootStarts.Items[region], _roots.Count - _rootStarts.Items[region]);
        _form.Add(roots.Length);
        foreach (var root in roots)
        {
            if (_marks[root] == _mark)
                continue;
            Push(root);
            while (_stack.Count > 0)
            {
                var node = _stack.Items[_stack.Count - 1];
                var operands = nodes.Operands(node);
                ref var next = ref _progress.Items[_stack.Count - 1];
                var descends = false;
                while (next < operands.Length && !descends)
                {
                    var operand = operands[next++];
                    descends = _function.Kinds[operand] == NodeKind.Kernel && _marks[operand] != _mark && regions.Computes(region, operand);
                    if (descends)
                        Push(operand);
                }
                if (descends)
                    continue;
                Write(nodes, regions, region, node, operands, ref leafCount);
                _places[node] = operationCount++;
                _marks[node] = _mark;
                _stack.Truncate(_stack.Count - 1);
                _progress.Truncate(_stack.Count);
            }
        }
        foreach (var root in roots)
            _form.Add(_places[root]);
        OperationCount += operationCount;
        return Forms.Add(_form.Items.AsSpan(0, _form.Count), leafCount, _literals.Count - _literalStarts.Items[region], roots.Length, operationCount);
    }

    private void Push(int node)
    {
        _stack.Push(node);
        _progress.Push(0);
    }

    /// <summary>Outputs by their shape, so that their order does not depend on the order in which the trace happens to have them.</summary>
    private void AddRoots(ReadOnlySpan<int> roots)
    {
        var start = _roots.Count;
        foreach (var root in roots)
        {
            _roots.Add(root);
            var items = _roots.Items;
            for (var k = _roots.Count - 1; k > start && _hashes.Of(items[k - 1]) > _hashes.Of(items[k]); k--)
                (items[k - 1], items[k]) = (items[k], items[k - 1]);
        }
    }

    private void Write(NodeReader nodes, Regions regions, int region, int node, ReadOnlySpan<int> operands, ref int leafCount)
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
            var kind = _function.Kinds[operand];
            if (kind == NodeKind.Literal)
            {
                if (k > 0 && FormReference.IsStructural(operation))
                {
                    _form.Add(FormReference.Number);
                    AddNumber(_function.LiteralOf(operand));
                }
                else
                {
                    _form.Add(FormReference.Literal);
                    _literals.Add(_function.LiteralOf(operand));
                }
                continue;
            }
            if (_marks[operand] != _mark)
            {
                // Everything that the region computes itself has been written before.
                _marks[operand] = _mark;
                _places[operand] = leafCount++;
                _leaves.Add(operand);
            }
            var isComputed = kind == NodeKind.Kernel && regions.Computes(region, operand);
            _form.Add(FormReference.To(isComputed ? FormReference.Operation : FormReference.Leaf, _places[operand]));
        }
    }

    private void AddNumber(double value)
    {
        var bits = BitConverter.DoubleToInt64Bits(value);
        _form.Add((int)bits);
        _form.Add((int)(bits >> 32));
    }
}
