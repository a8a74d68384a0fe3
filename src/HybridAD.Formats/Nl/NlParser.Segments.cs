using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using HybridAD.Errors;

namespace HybridAD.Formats.Nl;

/// <summary>The bodies of all segments but the expressions inside them.</summary>
internal ref partial struct NlParser<TTokens>
{
    private void ReadBody(int row, int number)
    {
        if (_rows.Bodies[row] != NlRows.NoBody)
            Duplicate(row < _header.ConstraintCount ? $"the expression of constraint {number}" : $"the expression of objective {number}");
        _rows.Bodies[row] = ReadExpression();
        if (_rows.Bodies[row] == Unavailable)
            _rows.UnavailableReasons.Add((row, _unavailable!));
    }

    private void ReadDefinition(int variable)
    {
        var index = variable - _header.VariableCount;
        if (index < 0)
            Fail(ErrorCodes.NlIndexOutOfRange,
                $"{variable} is a variable; defined variables have the numbers {_header.VariableCount} … {_header.VariableCount + _definitions.Length - 1}");
        if (_definitions[index] != Undefined)
            Duplicate($"defined variable {variable}");
        var count = CountOf(int.MaxValue, "linear terms");
        var use = _tokens.Integer();
        if (use < 0)
            Fail(ErrorCodes.NlIndexOutOfRange, $"{use} does not say where the defined variable is used");
        _tokens.EndLine();
        _definitionColumns.Clear();
        _definitionCoefficients.Clear();
        string? unavailable = null;
        for (var k = 0; k < count; k++)
        {
            var column = _tokens.Integer();
            _unavailable = null;
            if ((uint)column >= (uint)_header.VariableCount)
                column = Definition(column);
            unavailable ??= _unavailable;
            _definitionColumns.Add(column);
            _definitionCoefficients.Add(_tokens.Real());
            _tokens.EndLine();
        }
        var body = ReadExpression();
        unavailable ??= _unavailable;
        if (body == Unavailable || unavailable is not null)
        {
            _definitions[index] = Unavailable;
            _unavailableDefinitions[index] = unavailable!;
            return;
        }
        _definitions[index] = _nodes.WithLinearPart(
            body, CollectionsMarshal.AsSpan(_definitionColumns), _definitionCoefficients.Items.AsSpan(0, _definitionCoefficients.Count), new int[count + 1]);
    }

    /// <summary>Logical constraints have no derivative: they are checked and left out.</summary>
    private void ReadLogical(int index)
    {
        if (_logicalSeen[index])
            Duplicate($"logical constraint {index}");
        _logicalSeen[index] = true;
        _tokens.EndLine();
        ReadExpression();
    }

    private void ReadLinear(int row)
    {
        if (_rows.HasTerms(row))
            Duplicate("the linear terms of this row");
        var count = CountOf(int.MaxValue, "linear terms");
        _tokens.EndLine();
        _rows.Begin(row);
        var lastColumn = _header.VariableCount - 1;
        for (var k = 0; k < count; k++)
        {
            var column = _tokens.Integer();
            if ((uint)column > (uint)lastColumn)
                IndexOutOfRange(column, lastColumn + 1, "variables");
            var coefficient = _tokens.Real();
            _tokens.EndLine();
            _rows.Add(row, column, coefficient);
            if (row < _header.ConstraintCount && column < lastColumn)
                _firstColumnsTotal++;
        }
    }

    private void ReadFunction(int index)
    {
        if (_functions[index] is not null)
            Duplicate($"imported function {index}");
        var type = _tokens.Integer();
        if (type is not (0 or 1))
            Fail(ErrorCodes.NlUnexpected, $"the type of an imported function is 0 (numeric) or 1 (may take strings), not {type}");
        _tokens.Integer();
        _functions[index] = _tokens.Name();
        _tokens.EndLine();
    }

    private void ReadSuffix()
    {
        var kind = _tokens.Integer();
        if ((uint)kind > 7)
            Fail(ErrorCodes.NlUnexpected, $"the kind of a suffix is 0 … 7, not {kind}");
        _errors.Enter((byte)'S', kind);
        var limit = (kind & 3) switch
        {
            0 => _header.VariableCount,
            1 => _header.ConstraintCount + _header.LogicalConstraintCount,
            2 => _header.ObjectiveCount,
            _ => 1,
        };
        var count = CountOf(int.MaxValue, "suffix values");
        _tokens.Name();
        _tokens.EndLine();
        for (var k = 0; k < count; k++)
        {
            Index(limit, (kind & 3) switch { 0 => "variables", 1 => "constraints", 2 => "objectives", _ => "problems" });
            if ((kind & 4) != 0)
                _tokens.Real();
            else
                _tokens.Integer();
            _tokens.EndLine();
        }
    }

    private void ReadStart()
    {
        if (_hasStart)
            Duplicate("the start values");
        _hasStart = true;
        var count = CountOf(_header.VariableCount, "start values");
        _tokens.EndLine();
        for (var k = 0; k < count; k++)
        {
            var variable = Index(_header.VariableCount, "variables");
            _start[variable] = _tokens.Real();
            _tokens.EndLine();
        }
    }

    private void ReadDuals()
    {
        if (_hasDuals)
            Duplicate("the dual start values");
        _hasDuals = true;
        var limit = _header.ConstraintCount + _header.LogicalConstraintCount;
        var count = CountOf(limit, "dual start values");
        _tokens.EndLine();
        for (var k = 0; k < count; k++)
        {
            Index(limit, "constraints");
            _tokens.Real();
            _tokens.EndLine();
        }
    }

    private void ReadVariableBounds()
    {
        if (_variableBounds is not null)
            Duplicate("the bounds of the variables");
        _tokens.EndLine();
        _variableBounds = ReadBounds(_header.VariableCount, "variable");
    }

    private void ReadConstraintBounds()
    {
        if (_constraintBounds is not null)
            Duplicate("the bounds of the constraints");
        _tokens.EndLine();
        _constraintBounds = ReadBounds(_header.ConstraintCount, "constraint");
    }

    private NlBounds ReadBounds(int count, string what)
    {
        double[] lower = new double[count], upper = new double[count];
        for (var k = 0; k < count; k++)
        {
            double lo = double.NegativeInfinity, hi = double.PositiveInfinity;
            if (!StartsBound())
                _errors.Expected(_tokens.Data, _tokens.Position, ErrorCodes.NlUnexpected,
                    $"the bounds of {what} {k} (of {count}), which begin with 0 … 5");
            switch (_tokens.BoundKind())
            {
                case 0:
                    lo = _tokens.Real();
                    hi = _tokens.Real();
                    break;
                case 1:
                    hi = _tokens.Real();
                    break;
                case 2:
                    lo = _tokens.Real();
                    break;
                case 3:
                    break;
                case 4:
                    lo = hi = _tokens.Real();
                    break;
                case 5 when what == "constraint":
                    ReadComplementarity(k);
                    break;
                default:
                    _errors.Expected(_tokens.Data, _tokens.TokenStart, ErrorCodes.NlUnexpected,
                        what == "constraint" ? $"the kind of the bounds of constraint {k}, 0 … 5" : $"the kind of the bounds of variable {k}, 0 … 4");
                    break;
            }
            _tokens.EndLine();
            lower[k] = lo;
            upper[k] = hi;
        }
        return new NlBounds(lower, upper);
    }

    /// <summary>Whether a bound can begin here; asked first so that a missing line is reported as such and not as a bad number.</summary>
    private readonly bool StartsBound()
    {
        var rest = _tokens.Data[_tokens.Position..];
        if (_errors.IsText)
            rest = rest[Math.Max(0, rest.IndexOfAnyExcept((byte)' ', (byte)'\t'))..];
        return !rest.IsEmpty && rest[0] is >= (byte)'0' and <= (byte)'5';
    }

    private void ReadComplementarity(int row)
    {
        var flags = _tokens.Integer();
        if (flags is < 0 or > 3)
            Fail(ErrorCodes.NlUnexpected, $"the flags of a complementarity are 0 … 3, not {flags}");
        var variable = _tokens.Integer();
        if (variable < 1 || variable > _header.VariableCount)
            Fail(ErrorCodes.NlIndexOutOfRange,
                $"variable {variable} (counted from 1) is out of range: the header counts {_header.VariableCount} variables");
        _complementarities.Add(new NlComplementarity(row, variable - 1, (flags & 1) != 0, (flags & 2) != 0));
    }

    private void ReadColumnCounts(bool cumulative)
    {
        if (_promisedFirstColumnsTotal >= 0)
            Duplicate("the column counts");
        var count = CountOf(int.MaxValue, "column counts");
        if (count != _header.VariableCount - 1)
            Fail(ErrorCodes.NlIndexOutOfRange,
                $"{count} column counts are announced; {_header.VariableCount} variables need {_header.VariableCount - 1}");
        _tokens.EndLine();
        var total = 0L;
        for (var k = 0; k < count; k++)
        {
            var value = _tokens.Integer();
            if (value < 0 || (cumulative && value < total))
                Fail(ErrorCodes.NlBadNumber,
                    $"column count {value} is {(value < 0 ? "negative" : $"less than the one before, {total}, although the counts are cumulative")}");
            total = cumulative ? value : total + value;
            _tokens.EndLine();
        }
        _promisedFirstColumnsTotal = total;
    }
}
