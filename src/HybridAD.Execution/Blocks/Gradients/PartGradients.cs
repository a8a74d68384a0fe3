using HybridAD.Execution.Blocks.Layout;

namespace HybridAD.Execution.Blocks.Gradients;

/// <summary>Writes the gradients of the outputs of a part: the local partial derivatives times the gradients of what the kernel reads.</summary>
internal sealed class PartGradients(BlockPart part, PartCode code, KernelTranslation values, Func<int, int[][]> gradientPositions)
{
    private readonly int[]?[] _loaded = new int[]?[part.Block.LeafCount];
    private int[]? _partials;

    /// <summary>The step of a computed partial derivative, by entry of the local Jacobian.</summary>
    public int Partial(int entry)
    {
        _partials ??= part.Derivatives.Write(values, code.Code);
        return _partials[entry] >= 0 ? _partials[entry] : code.Code.Literal(part.Derivatives.Constant(entry));
    }

    /// <summary>The step of one column of an output's gradient.</summary>
    public int Column(int output, int column)
    {
        var sum = -1;
        var terms = part.Outputs[output].Of(column);
        for (var k = 0; k < terms.Entries.Length; k++)
        {
            var term = Partial(terms.Entries[k]);
            var leaf = part.Derivatives.Pattern.Columns[terms.Entries[k]];
            if (!part.IsUnit[leaf])
                term = code.Code.Multiply(term, Gradient(leaf)[terms.Numbers[k]]);
            sum = sum < 0 ? term : code.Code.Add(sum, term);
        }
        return sum;
    }

    private int[] Gradient(int leaf)
    {
        if (_loaded[leaf] is { } loaded)
            return loaded;
        return _loaded[leaf] = Array.ConvertAll(gradientPositions(leaf), positions => code.Load(Kernels.Space.Memory, positions));
    }
}
