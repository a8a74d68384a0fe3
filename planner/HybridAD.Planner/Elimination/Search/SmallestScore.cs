namespace HybridAD.Planning.Elimination.Search;

/// <summary>Finite scores of vertices that change, and the vertex with the smallest one: those of some neighbours together have their smallest kept.</summary>
/// <param name="count">Number of vertices; none has a score at first.</param>
/// <param name="last">Whether of vertices with equal scores the last one is found.</param>
internal sealed class SmallestScore(int count, bool last)
{
    private const int Together = 16;

    private readonly double[] _scores = Filled(count);
    private readonly double[] _smallest = Filled((count + Together - 1) / Together);

    /// <summary>Gives a vertex another score.</summary>
    public void Set(int vertex, double score)
    {
        var before = _scores[vertex];
        _scores[vertex] = score;
        ref var smallest = ref _smallest[vertex / Together];
        if (score <= smallest)
            smallest = score;
        else if (before == smallest)
            smallest = SmallestOf(vertex / Together);
    }

    /// <summary>A vertex has no score any more.</summary>
    public void Remove(int vertex) => Set(vertex, double.PositiveInfinity);

    /// <summary>The vertex with the smallest score, of those that have one.</summary>
    public int Find()
    {
        var best = 0;
        for (var group = 1; group < _smallest.Length; group++)
            if (last ? _smallest[group] <= _smallest[best] : _smallest[group] < _smallest[best])
                best = group;
        var (vertex, end, step) = last ? (Math.Min(count, (best + 1) * Together) - 1, best * Together - 1, -1) : (best * Together, count, 1);
        while (vertex != end && _scores[vertex] != _smallest[best])
            vertex += step;
        return vertex;
    }

    private double SmallestOf(int group)
    {
        var smallest = double.PositiveInfinity;
        for (int v = group * Together, end = Math.Min(count, v + Together); v < end; v++)
            smallest = Math.Min(smallest, _scores[v]);
        return smallest;
    }

    private static double[] Filled(int length)
    {
        var scores = new double[length];
        Array.Fill(scores, double.PositiveInfinity);
        return scores;
    }
}
