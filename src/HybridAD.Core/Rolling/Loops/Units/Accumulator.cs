using HybridAD.Graph;
using HybridAD.Rolling.Loops.Runs;

namespace HybridAD.Rolling.Loops.Units;

/// <summary>A sum so far that a body reads, only adds to and hands on: to an element of an array, or to one of several sums in a loop.</summary>
/// <param name="Outside">What the body reads as the sum so far.</param>
/// <param name="Position">The recorded position of the sum with what the body adds.</param>
/// <param name="Terms">What it adds, in order.</param>
internal sealed record Accumulator(int Outside, int Position, AddedTerm[] Terms)
{
    /// <summary>What bodies of a shape may add to, whatever it is that they read there.</summary>
    public static Accumulator[] Of(BodyShape shape)
    {
        var (uses, readings) = (new int[shape.Nodes.Length], new int[shape.Outside.Length]);
        foreach (var node in shape.Nodes)
            if (node.Operation != Op.Constant)
                foreach (var operand in node.Operands)
                    if (operand >= 0)
                        uses[operand]++;
                    else
                        readings[~operand]++;
        var (found, isEnd) = (new List<Accumulator>(), new bool[shape.Nodes.Length]);
        for (var first = 0; first < shape.Length; first++)
            if (shape.Nodes[first] is { Operation: Op.Add or Op.Sub } node)
                for (var o = 0; o < (node.Operation == Op.Add ? 2 : 1); o++)
                    if (node.Operands[o] < 0 && readings[~node.Operands[o]] == 1 && node.Operands[0] != node.Operands[1]
                        && Along(shape, uses, first, node.Operands[o]) is { } accumulator && !isEnd[accumulator.Position])
                    {
                        isEnd[accumulator.Position] = true;
                        found.Add(accumulator);
                        break;
                    }
        return [.. found];
    }

    /// <summary>The additions from where a sum is read; null where its result is used in the body too.</summary>
    private static Accumulator? Along(BodyShape shape, int[] uses, int first, int sum)
    {
        var terms = new List<AddedTerm>();
        var at = sum;
        for (var k = first; k < shape.Length; k++)
        {
            var (operation, operands) = shape.Nodes[k];
            if (operation == Op.Constant || !operands.Contains(at))
                continue;
            if (operation is not (Op.Add or Op.Sub) || (operation == Op.Sub && operands[0] != at) || operands[0] == operands[1])
                return null;
            terms.Add(TermOf(shape, operands[0] == at ? operands[1] : operands[0], operation == Op.Sub ? -1 : 1));
            if (uses[k] == 0)
                return new Accumulator(~sum, k, [.. terms]);
            if (uses[k] != 1)
                return null;
            at = k;
        }
        return null;
    }

    private static AddedTerm TermOf(BodyShape shape, int operand, double factor) =>
        operand < 0 ? new AddedTerm(TermKind.Outside, ~operand, factor)
        : shape.Nodes[operand].Operation == Op.Constant ? new AddedTerm(TermKind.Literal, shape.Nodes[operand].Operands[0], factor)
        : new AddedTerm(TermKind.Result, operand, factor);
}

/// <summary>What a body adds to a sum.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Index">Which of them.</param>
/// <param name="Factor">1, or −1 where it is subtracted.</param>
internal readonly record struct AddedTerm(TermKind Kind, int Index, double Factor);

/// <summary>The kinds of what is added to a sum.</summary>
internal enum TermKind : byte
{
    /// <summary>The result at a recorded position of the body.</summary>
    Result,

    /// <summary>Something read from outside.</summary>
    Outside,

    /// <summary>A literal.</summary>
    Literal,
}
