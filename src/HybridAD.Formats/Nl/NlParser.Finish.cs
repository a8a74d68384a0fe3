using System.Globalization;
using HybridAD.Errors;
using HybridAD.Graph;

namespace HybridAD.Formats.Nl;

/// <summary>What is left at the end of the file: is anything missing, and the trace of all rows.</summary>
internal ref partial struct NlParser<TTokens>
{
    private const string CutOff = "the file may be cut off";

    /// <summary>A cut-off file must not pass for a smaller model.</summary>
    private void CheckComplete()
    {
        _errors.Leave();
        var m = _header.ConstraintCount;
        var definition = Array.IndexOf(_definitions, Undefined);
        if (definition >= 0)
            Missing($"V{_header.VariableCount + definition} of {_definitions.Length} defined variables");
        var row = Array.IndexOf(_rows.Bodies, NlRows.NoBody);
        if (row >= 0)
            Missing(row < m ? $"C{row} of {m} constraints" : $"O{row - m} of {_header.ObjectiveCount} objectives");
        var logical = Array.IndexOf(_logicalSeen, false);
        if (logical >= 0)
            Missing($"L{logical} of {_logicalSeen.Length} logical constraints");
        if (m > 0 && _constraintBounds is null)
            Missing($"r, the bounds of {m} constraints");
        if (_variableBounds is null)
            Missing($"b, the bounds of {_header.VariableCount} variables");
        CheckNonzeros();
        var data = _tokens.Data;
        if (_errors.IsText && data[^1] != '\n')
            _warnings.Add($"the last line has no line end: if the file is cut off, its last number is wrong");
    }

    /// <summary>
    /// The promised numbers of nonzeros are wrong in some hand-made files, so a difference alone is a warning.
    /// It is an error where the file contradicts itself in the way that a cut-off file does: a row's terms are missing altogether, or the column
    /// counts promise more.
    /// </summary>
    private readonly void CheckNonzeros()
    {
        int m = _header.ConstraintCount, inJacobian = 0;
        for (var row = 0; row < m; row++)
            inJacobian += _rows.Columns(row).Length;
        var inGradients = _rows.TermCount - inJacobian;
        if (_promisedFirstColumnsTotal > _firstColumnsTotal)
            FailAtEnd($"the column counts (segment k) promise {_promisedFirstColumnsTotal} Jacobian nonzeros " +
                $"in all columns but the last, the J segments hold {_firstColumnsTotal}; {CutOff}");
        CheckNonzeros(_header.JacobianNonzeroCount, inJacobian, 0, m, 'J', "Jacobian");
        CheckNonzeros(_header.GradientNonzeroCount, inGradients, m, _rows.Count, 'G', "gradient");
        if (m > 0 && inJacobian == 0 && _promisedFirstColumnsTotal < 0)
            _warnings.Add($"there is no segment k and no segment J for {m} constraints; {CutOff}");
        if (_header.JacobianNonzeroCount != inJacobian)
            _warnings.Add($"the header promises {_header.JacobianNonzeroCount} Jacobian nonzeros, the J segments hold {inJacobian}");
        if (_header.GradientNonzeroCount != inGradients)
            _warnings.Add($"the header promises {_header.GradientNonzeroCount} gradient nonzeros, the G segments hold {inGradients}");
    }

    private readonly void CheckNonzeros(long promised, int found, int firstRow, int endRow, char letter, string what)
    {
        if (found >= promised)
            return;
        for (var row = firstRow; row < endRow; row++)
            if (!_rows.HasTerms(row))
                FailAtEnd($"expected segment {letter}{row - firstRow}, found the end of the file: the header promises {promised} {what} nonzeros, "
                    + $"the {letter} segments hold {found}; {CutOff}");
    }

    private readonly void Missing(string what) => FailAtEnd($"expected segment {what}, found the end of the file; {CutOff}");

    private readonly void FailAtEnd(string what) => _errors.Wrong(_tokens.Data, _tokens.Data.Length, ErrorCodes.NlMissingSegment, what);

    private NlModel Finish(NlReadOptions options)
    {
        var count = _rows.Count;
        var outputs = new int[count];
        var scratch = new int[1 + LongestRow()];
        for (var row = 0; row < count; row++)
        {
            var body = _rows.Bodies[row];
            outputs[row] = body == Unavailable
                ? _nodes.Literal(double.NaN)
                : _nodes.WithLinearPart(body, _rows.Columns(row), _rows.Coefficients(row), scratch);
        }
        var names = Names(options, count);
        var repeating = new List<int>();
        var pattern = _rows.Pattern(_header.VariableCount, repeating);
        foreach (var row in repeating)
            _warnings.Add($"row {names.Output(row)} lists a variable twice; the coefficients are added");
        _rows.UnavailableReasons.Sort(static (a, b) => a.Row - b.Row);
        var unavailable = _rows.UnavailableReasons.ConvertAll(r => new NlUnavailableRow(r.Row, names.Output(r.Row), r.Reason));
        var trace = _nodes.Builder.Build(outputs, names, _start);
        _nodes.Release();
        _rows.Release();
        return new NlModel(_header, trace, _variableBounds!, _constraintBounds ?? new NlBounds([], []), pattern)
        {
            Maximize = _rows.Maximize,
            Complementarities = _complementarities,
            UnavailableRows = unavailable,
            Warnings = _warnings,
        };
    }

    private readonly int LongestRow()
    {
        var longest = 0;
        for (var row = 0; row < _rows.Count; row++)
            longest = Math.Max(longest, _rows.Columns(row).Length);
        return longest;
    }

    /// <summary>
    /// Names from the side files where there is one for each row or variable; AMPL lists constraints, then logical constraints, then objectives.
    /// </summary>
    private readonly TraceNames Names(NlReadOptions options, int count)
    {
        int m = _header.ConstraintCount, logical = _header.LogicalConstraintCount;
        IReadOnlyList<string> rows = new NumberedNames(m, _header.ObjectiveCount);
        if (options.RowNames is { } given)
        {
            if (given.Count == count)
                rows = given;
            else if (given.Count == count + logical)
                rows = [.. given.Take(m), .. given.Skip(m + logical)];
            else
                _warnings.Add(string.Create(CultureInfo.InvariantCulture, $"{given.Count} row names are given for {count} rows and ignored"));
        }
        var columns = options.ColumnNames;
        if (columns is not null && columns.Count != _header.VariableCount)
        {
            _warnings.Add(string.Create(CultureInfo.InvariantCulture,
                $"{columns.Count} variable names are given for {_header.VariableCount} variables and ignored"));
            columns = null;
        }
        return new TraceNames(columns, rows);
    }
}
