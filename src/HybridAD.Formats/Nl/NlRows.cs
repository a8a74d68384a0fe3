using System.Buffers;
using System.Runtime.CompilerServices;
using HybridAD.Collections;

namespace HybridAD.Formats.Nl;

/// <summary>What was read about each row (constraints, then objectives): its body, its linear terms, its bounds.</summary>
internal sealed class NlRows
{
    private int[] _columns;
    private double[] _coefficients;
    private readonly int[] _starts;
    private readonly int[] _counts;

    /// <param name="header">Its counts.</param>
    /// <param name="mostTerms">No more linear terms than this fit into the file.</param>
    public NlRows(NlHeader header, int mostTerms)
    {
        Count = header.ConstraintCount + header.ObjectiveCount;
        Bodies = new int[Count];
        Bodies.AsSpan().Fill(NoBody);
        _starts = new int[Count];
        _starts.AsSpan().Fill(-1);
        _counts = new int[Count];
        var capacity = 1 + (int)Math.Min(header.JacobianNonzeroCount + header.GradientNonzeroCount, mostTerms);
        _columns = ArrayPool<int>.Shared.Rent(capacity);
        _coefficients = ArrayPool<double>.Shared.Rent(capacity);
        Maximize = new bool[header.ObjectiveCount];
    }

    /// <summary>Stands for the node of an expression that needs what the file does not hold.</summary>
    public const int Unavailable = -1;

    /// <summary>Marks a row without C or O segment.</summary>
    public const int NoBody = -3;

    /// <summary>Why the body of a row is <see cref="Unavailable"/>, in the order read.</summary>
    public List<(int Row, string Reason)> UnavailableReasons { get; } = [];

    /// <summary>Number of rows.</summary>
    public int Count { get; }

    /// <summary>The node of each row's expression.</summary>
    public int[] Bodies { get; }

    /// <summary>Whether each objective is to be maximised.</summary>
    public bool[] Maximize { get; }

    /// <summary>Number of linear terms so far.</summary>
    public int TermCount { get; private set; }

    /// <summary>Whether a row has a J or G segment.</summary>
    public bool HasTerms(int row) => _starts[row] >= 0;

    /// <summary>The row's terms begin; room for them is made as they come.</summary>
    public void Begin(int row) => _starts[row] = TermCount;

    /// <summary>One more term of the row begun last.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(int row, int column, double coefficient)
    {
        if (TermCount == _columns.Length || TermCount == _coefficients.Length)
            Grow();
        _columns[TermCount] = column;
        _coefficients[TermCount] = coefficient;
        TermCount++;
        _counts[row]++;
    }

    /// <summary>Gives the terms back to their pools; there are none any more.</summary>
    public void Release()
    {
        ArrayPool<int>.Shared.Return(_columns);
        ArrayPool<double>.Shared.Return(_coefficients);
        (_columns, _coefficients) = ([], []);
        _counts.AsSpan().Clear();
    }

    private void Grow()
    {
        var (columns, coefficients) = (ArrayPool<int>.Shared.Rent(2 * TermCount + 16), ArrayPool<double>.Shared.Rent(2 * TermCount + 16));
        _columns.AsSpan(0, TermCount).CopyTo(columns);
        _coefficients.AsSpan(0, TermCount).CopyTo(coefficients);
        ArrayPool<int>.Shared.Return(_columns);
        ArrayPool<double>.Shared.Return(_coefficients);
        (_columns, _coefficients) = (columns, coefficients);
    }

    /// <summary>The columns of a row in the order of the file.</summary>
    public ReadOnlySpan<int> Columns(int row) => _counts[row] == 0 ? default : _columns.AsSpan(_starts[row], _counts[row]);

    /// <summary>The coefficients that belong to <see cref="Columns"/>.</summary>
    public ReadOnlySpan<double> Coefficients(int row) => _counts[row] == 0 ? default : _coefficients.AsSpan(_starts[row], _counts[row]);

    /// <summary>The pattern of all rows; those that are unavailable are left empty.</summary>
    /// <param name="columnCount">Number of variables.</param>
    /// <param name="repeating">Told each row that lists a column twice.</param>
    public SparsityPattern Pattern(int columnCount, List<int> repeating)
    {
        var starts = new int[Count + 1];
        var columns = FreshPages.Uncleared<int>(TermCount);
        var count = 0;
        for (var row = 0; row < Count; row++)
        {
            var first = count;
            var listed = Bodies[row] == Unavailable ? default : Columns(row);
            listed.CopyTo(columns.AsSpan(first));
            count += listed.Length;
            for (var k = first + 1; k < count; k++)
            {
                if (columns[k] > columns[k - 1])
                    continue;
                Array.Sort(columns, first, count - first);
                count = first + Deduplicate(columns.AsSpan(first, count - first));
                if (count - first < listed.Length)
                    repeating.Add(row);
                break;
            }
            starts[row + 1] = count;
        }
        if (count < columns.Length)
            Array.Resize(ref columns, count);
        return SparsityPattern.Trusted(Count, columnCount, starts, columns);
    }

    private static int Deduplicate(Span<int> sorted)
    {
        var kept = 1;
        for (var k = 1; k < sorted.Length; k++)
            if (sorted[k] != sorted[k - 1])
                sorted[kept++] = sorted[k];
        return kept;
    }
}
