using HybridAD.Graph;
using HybridAD.Primitives;

namespace HybridAD.Simplification;

/// <summary>Marks what outputs and guards need, from the last node to the first, and writes the marked nodes to a trace without gaps.</summary>
internal sealed class Compaction
{
    private readonly NodeStore _nodes;
    private readonly int[] _outputs;
    private readonly Guard[] _guards;

    // During the marking: 0 dead, 1 live. Afterwards the new id, or −1.
    private readonly int[] _newIds;
    private int _nodeCount;
    private int _listCount;
    private int _constantCount;

    public Compaction(NodeStore nodes, int[] outputs, Guard[] guards, bool removeDead)
    {
        _nodes = nodes;
        _outputs = outputs;
        _guards = guards;
        _newIds = new int[nodes.Count];
        if (removeDead)
            Mark();
        else
            Array.Fill(_newIds, 1);
        Number();
    }

    /// <summary>The id in the new trace, or −1 for a dead node.</summary>
    public int NewId(int node) => _newIds[node];

    /// <summary>Writes the new trace.</summary>
    public Trace Build(TraceNames names, double[]? point)
    {
        var operations = new byte[_nodeCount];
        var operands = new int[2 * _nodeCount];
        var lists = new int[_listCount];
        var constants = new double[_constantCount];
        var (listCount, constantCount) = (0, 0);
        for (var node = _nodes.InputCount; node < _newIds.Length; node++)
        {
            var id = _newIds[node];
            if (id < 0)
                continue;
            var operation = _nodes.Operations[node];
            var (a, b) = (_nodes.Operands[2 * node], _nodes.Operands[2 * node + 1]);
            operations[id] = operation;
            if (operation == Op.Constant)
            {
                operands[2 * id] = constantCount;
                constants[constantCount++] = _nodes.Constants[a];
                continue;
            }
            switch (NodeStore.ArityOf(operation))
            {
                case Arity.Unary:
                    operands[2 * id] = _newIds[a];
                    break;
                case Arity.Binary:
                    operands[2 * id] = _newIds[a];
                    operands[2 * id + 1] = _newIds[b];
                    break;
                case Arity.Parametric:
                    operands[2 * id] = _newIds[a];
                    operands[2 * id + 1] = constantCount;
                    var parameters = _nodes.Constants.AsSpan(b, 1 + (int)_nodes.Constants[b]);
                    parameters.CopyTo(constants.AsSpan(constantCount));
                    constantCount += parameters.Length;
                    break;
                default:
                    operands[2 * id] = listCount;
                    operands[2 * id + 1] = b;
                    foreach (var operand in _nodes.Lists.AsSpan(a, b))
                        lists[listCount++] = _newIds[operand];
                    break;
            }
        }
        var outputs = Array.ConvertAll(_outputs, node => _newIds[node]);
        var guards = Array.ConvertAll(_guards, guard => guard with { Node = _newIds[guard.Node] });
        return new Trace(_nodes.InputCount, operations, operands, lists, constants, outputs, guards, names, point) { HasNoDuplicates = _nodes.HasNoDuplicates };
    }

    private void Mark()
    {
        _newIds.AsSpan(0, _nodes.InputCount).Fill(1);
        foreach (var output in _outputs)
            _newIds[output] = 1;
        foreach (var guard in _guards)
            _newIds[guard.Node] = 1;
        for (var node = _newIds.Length - 1; node >= _nodes.InputCount; node--)
            if (_newIds[node] != 0)
                foreach (var operand in _nodes.OperandsOf(node))
                    _newIds[operand] = 1;
    }

    private void Number()
    {
        for (var node = 0; node < _newIds.Length; node++)
        {
            if (_newIds[node] == 0)
            {
                _newIds[node] = -1;
                continue;
            }
            _newIds[node] = _nodeCount++;
            var operation = _nodes.Operations[node];
            if (operation == Op.Constant)
            {
                _constantCount++;
                continue;
            }
            switch (NodeStore.ArityOf(operation))
            {
                case Arity.Parametric:
                    _constantCount += 1 + _nodes.ParametersOf(node).Length;
                    break;
                case Arity.Ternary or Arity.List:
                    _listCount += _nodes.Operands[2 * node + 1];
                    break;
            }
        }
    }
}
