namespace HybridAD.Rolling.Loops.Units;

/// <summary>The results of a unit that others read or that are outputs, by recorded position.</summary>
/// <param name="positions">Number of positions.</param>
internal sealed class ExposedResults(int positions)
{
    private readonly Exposure?[] _byPosition = new Exposure?[positions];

    /// <summary>The result at a position where there is one.</summary>
    public Exposure this[int position] => _byPosition[position]!;

    /// <summary>The result at a position, which becomes one that others read if it was none.</summary>
    public Exposure At(int position, int instances) => _byPosition[position] ??= new Exposure(instances);

    /// <summary>Goes through the results by increasing position.</summary>
    public Enumerator GetEnumerator() => new(_byPosition);

    /// <summary>Goes through results.</summary>
    public struct Enumerator(Exposure?[] byPosition)
    {
        private int _position = -1;

        /// <summary>The result.</summary>
        public readonly ExposedResult Current => new(_position, byPosition[_position]!);

        public bool MoveNext()
        {
            while (++_position < byPosition.Length)
                if (byPosition[_position] is not null)
                    return true;
            return false;
        }
    }
}

/// <summary>A result that others read or that is an output.</summary>
/// <param name="Position">The recorded position.</param>
/// <param name="Exposure">What is known of it.</param>
internal readonly record struct ExposedResult(int Position, Exposure Exposure);
