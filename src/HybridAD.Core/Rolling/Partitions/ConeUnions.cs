using HybridAD.Collections;

namespace HybridAD.Rolling.Partitions;

/// <summary>Disjoint unions of cones, each with the number of its outputs. The cone of the smallest number stands for a union.</summary>
internal sealed class ConeUnions(int count, FreeArrays<int> arrays)
{
    private readonly int[] _parents = arrays.Rent(count);
    private readonly int[] _outputs = arrays.Rent(count);

    /// <summary>The cone that stands for the union of every cone, when all are settled.</summary>
    public ReadOnlySpan<int> Parents => _parents.AsSpan(0, count);

    /// <summary>How many outputs the unions have, at the cones that stand for them.</summary>
    public ReadOnlySpan<int> Outputs => _outputs;

    /// <summary>The cone that stands for all that a cone is united with; to be asked for when all are settled.</summary>
    public int Of(int cone) => _parents[cone];

    /// <summary>Outputs of the union of a cone.</summary>
    public int OutputCount(int cone) => _outputs[_parents[cone]];

    /// <summary>Makes a union of one cone; done for every cone before anything else.</summary>
    public void MakeAlone(int cone, bool isOutput)
    {
        _parents[cone] = cone;
        _outputs[cone] = isOutput ? 1 : 0;
    }

    public void Unite(int a, int b)
    {
        (a, b) = (Find(a), Find(b));
        if (a == b)
            return;
        (a, b) = (Math.Min(a, b), Math.Max(a, b));
        _parents[b] = a;
        _outputs[a] += _outputs[b];
    }

    /// <summary>Leaves every cone with the one that stands for its union.</summary>
    public void Settle()
    {
        // A cone's parent has a smaller number, so one pass is enough.
        var parents = _parents;
        for (var cone = 0; cone < count; cone++)
            parents[cone] = parents[parents[cone]];
    }

    /// <summary>Leaves a cone with the one that stands for its union, if all of smaller numbers are settled.</summary>
    public void Settle(int cone) => _parents[cone] = _parents[_parents[cone]];

    private int Find(int cone)
    {
        var parents = _parents;
        while (parents[cone] != cone)
            cone = parents[cone] = parents[parents[cone]];
        return cone;
    }
}
